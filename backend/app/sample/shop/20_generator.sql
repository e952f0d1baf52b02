-- The generator: chance that depends on the seed, the name of a stream and a row number, never on the order of
-- execution. Everything here is dropped again by shop/39.
--
-- Seed: SELECT set_config('cadastre.sample_seed', '7', false) before; else 20260101.
-- Dates are counted back from the day of the set-up; which row lies how many days back comes from the seed.

CREATE SCHEMA gen;

DO $$
DECLARE
  seed bigint := coalesce(nullif(current_setting('cadastre.sample_seed', true), ''), '20260101')::bigint;
BEGIN
  -- The hash behind it also places rows in hash partitions on disk, so PostgreSQL keeps it stable across versions.
  -- Twice, because one round leaves the low numbers of one stream a little uneven (measured: deviation 1.25 instead of 1).
  EXECUTE format($f$
    CREATE FUNCTION gen.roll(stream text, n bigint) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(hashint8extended(n, hashtextextended(stream, %s)), 1) & 9007199254740991)::double precision / 9007199254740992
  $f$, seed);
  EXECUTE format('CREATE FUNCTION gen.today() RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN date %L', current_date);
  EXECUTE format('CREATE FUNCTION gen.clock() RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN timestamptz %L', now());
END
$$;

COMMENT ON FUNCTION gen.roll(text, bigint) IS 'Uniform in [0, 1)';

-- A whole number from lo to hi, both included.
CREATE FUNCTION gen.whole(stream text, n bigint, lo integer, hi integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lo + floor(gen.roll(stream, n) * (hi - lo + 1))::integer;

-- One of the list, each as likely.
CREATE FUNCTION gen.one(stream text, n bigint, list text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN list[1 + floor(gen.roll(stream, n) * cardinality(list))::integer];

-- A whole number from 1 to top where small ones are far more likely (bestsellers, faithful customers).
CREATE FUNCTION gen.favoured(stream text, n bigint, top integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1 + floor(power(gen.roll(stream, n), 1.3) * top)::integer;

-- An instant on the day that lies `back` days ago, between 7:30 and 23:30; today only what has passed of today.
CREATE FUNCTION gen.moment(stream text, n bigint, back integer) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN back <= 0 THEN gen.today()::timestamp AT TIME ZONE 'UTC'
       + gen.roll(stream, n) * (gen.clock() - gen.today()::timestamp AT TIME ZONE 'UTC')
  ELSE (gen.today() - back)::timestamp AT TIME ZONE 'UTC'
       + make_interval(secs => floor(27000 + 28800 * (gen.roll(stream, n) + gen.roll(stream || '.b', n))))
END;

-- The busy days of the week: 1 is an average day. Seven days back is the same day of the week.
CREATE FUNCTION gen.season(back integer) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (ARRAY[1.28, 1.02, 0.86, 0.82, 0.88, 0.97, 1.17])[1 + back % 7];

-- Names of nobody: syllables put together. Two in three are Chinese.
CREATE FUNCTION gen.chinese_name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN gen.one('name.zh1', n, '{港,松,舟,屿,岚,溪,禾,砚,柚,棠,澜,槿,榆,汐,陌,笙}')
    || gen.one('name.zh2', n, '{小,大,子,可,若,知,一,清,云,书,星,月,安,明,千,百,初,晚}')
    || gen.one('name.zh3', n, '{舟,帆,松,竹,灯,禾,木,雨,桥,石,鱼,鸥,贝,岸,屿,沙,茶,墨,笛,栗}');

CREATE FUNCTION gen.latin_name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN initcap(gen.one('name.a', n, '{ka,mi,to,re,lu,sa,no,vi,be,da,fe,jo,ne,pa,ri,so}') || gen.one('name.b', n, '{ren,la,mis,dor,lin,na,vel,rik,sa,tan,mo,lie,zor,nu}'))
    || ' '
    || initcap(gen.one('name.c', n, '{har,pin,tor,wel,bris,dun,kel,mar,nor,ost,rav,sil,tam,ulf,vost,wren}')
            || gen.one('name.d', n, '{bo,di,ga,le,mi,ne,ra,so,ta,vi,"",""}') || gen.one('name.e', n, '{rim,dal,feld,gard,holt,mere,nock,quay,stow,wick,lund,bray}'));

-- The 13th digit of an EAN. Prefixes 20 to 29 are for use inside a shop and belong to nobody.
CREATE FUNCTION gen.ean13(twelve text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN twelve || ((10 - (SELECT sum(substr(twelve, i, 1)::int * CASE WHEN i % 2 = 0 THEN 3 ELSE 1 END) FROM generate_series(1, 12) i) % 10) % 10)::text;

-- A resident identity number (GB 11643) with a right check character, of region 99, which does not exist.
CREATE FUNCTION gen.resident_id(n bigint, born date) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT body || substr('10X98765432', 1 + (SELECT sum(substr(body, i, 1)::int * (ARRAY[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2])[i])
                                              FROM generate_series(1, 17) i)::int % 11, 1)
    FROM (SELECT '99' || lpad((n % 9 + 1)::text, 4, '0') || to_char(born, 'YYYYMMDD') || lpad(gen.whole('resident', n, 1, 998)::text, 3, '0') AS body) b
);
