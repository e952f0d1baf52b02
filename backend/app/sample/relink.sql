-- Points the warehouse's link to the shop at the address of this session. Run in warehouse, as superuser, whenever the
-- cluster has come up at another port or address. Changes nothing where nothing moved.
DO $$
DECLARE
  address text := coalesce(host(inet_server_addr()), trim(split_part(current_setting('unix_socket_directories'), ',', 1)));
BEGIN
  EXECUTE format('ALTER SERVER shop OPTIONS (SET host %L, SET port %L)', address, current_setting('port'));
END
$$;
