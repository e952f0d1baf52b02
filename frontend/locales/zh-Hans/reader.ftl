# 读取数据源时的说法：检查、拒绝、提示、阶段
source-field-empty = 此项必填。
source-field-nul = 含有 PostgreSQL 无法保存的字符。
source-name-long = 最多 63 字节。
source-secret-long = 最多 4,096 字节。
source-port-zero = 端口是 1 到 65535 之间的数字。
source-host-path = 请填写主机名或地址；不接受路径和套接字。
source-host-invalid = 这既不是主机名，也不是地址。
source-host-number = 请完整填写地址，例如 192.0.2.10。
source-ca-invalid = 其中没有可读取的证书。请粘贴完整内容，从 BEGIN CERTIFICATE 到 END CERTIFICATE。

source-check-fields = 连接信息完整。
source-check-name = 主机名 { $host } 有对应的地址。
source-check-reach = { $host } 的端口 { $port } 上有服务器应答。
source-check-tls = 连接已按要求加密。
source-check-sign-in = { $user } 已登录到 { $database }。
source-check-server = PostgreSQL { $version }，数据库 { $database }。
source-check-server-unidentified = 该账号无权读取服务器的标识，因此恢复或迁移之后只能按名称识别表。请授予它 pg_control_system() 的 EXECUTE 权限。
source-rights-all = 全部 { $datasets } 个表和视图均可读取。
source-rights-some = { $datasets } 个表和视图中有 { $readable } 个可读取。全部都会列出；其余的需要 SELECT 权限才能查看概况和样本。
source-rights-empty = 还没有表或视图；共有 { $schemas } 个模式，其中 { $closed } 个不对该账号开放。
source-rights-too-much = { $datasets } 个表和视图中有 { $readable } 个可读取，但该账号在服务器上的权限远不止读取。请改用只有 SELECT 权限的账号。

source-no-address = 无法解析主机名，请检查拼写。
source-unreached = 那里没有 PostgreSQL 服务器应答。可能没有服务在监听，中间有防火墙，或运维人员未允许该地址。
source-own-cluster = 这是登记簿自身所在的服务器，不能作为数据源。
source-version-old = PostgreSQL { $version } 版本过旧；需要 12 或更新的版本。
source-tls-not-offered = 服务器不支持加密。
source-tls-name = 服务器的证书属于另一个主机名。
source-tls-expired = 服务器的证书目前不在有效期内。
source-tls-issuer = 服务器的证书由此处不信任的机构签发。请提供该机构的证书。
source-tls-certificate = 服务器的证书未被接受。
source-tls-no-roots = 此处没有受信任的机构。请提供签发服务器证书的机构的证书。
source-tls-failed = 无法加密连接。
source-tls-slow = 服务器未能及时完成加密设置。
source-asks-cleartext = 服务器要求以明文发送密码，密码没有发送。请启用加密。
source-sign-in-password = 用户名或密码不正确。
source-sign-in-refused = 服务器不允许该账号从这里登录。
source-sign-in-no-database = 没有这个名称的数据库。
source-sign-in-no-connect = 该账号无权连接此数据库。
source-sign-in-broken = 登录中断。可能缺少密码，或服务器要求的方式在此不受支持。
source-sign-in-slow = 登录耗时过长。
source-server-busy = 服务器目前不接受连接，请稍后再试。
source-lost = 连接已断开。
source-locked = 那里有人锁住了一个表，请稍后再试。
source-changed = 读取期间有表被删除，请再试一次。
source-query-slow = 服务器应答耗时过长。
source-query-rights = 该账号无权读取服务器的系统目录。
source-query-failed = 服务器无法回答关于其系统目录的查询。
source-crawl-slow = 采集未能在 { $seconds } 秒内完成。
source-cancelled = 已停止。
source-nonsense = 应答不是来自 PostgreSQL 服务器。
source-too-much = 服务器发送的内容超出系统目录可能的规模，连接已切断。

source-notice-identifier = 无法读取服务器的标识；只能按名称识别表。
source-notice-closed = 不对该账号开放的模式：{ $count }。其中的内容会列出，但无法读取值。
source-notice-unreadable = 该账号无权读取的表和视图：{ $count }。它们会列出，但无法读取值。
source-notice-cut = 因过长而被截断的文本：{ $count }。
source-notice-too-many = 因字段过多而未列出的表：{ $count }。清单不完整。
source-notice-sizes = 这次未能测量大小。

crawl-phase-connect = 连接
crawl-phase-schemas = 模式
crawl-phase-datasets = 表和视图
crawl-phase-columns = 字段
crawl-phase-constraints = 键
crawl-phase-indexes = 索引
crawl-phase-functions = 函数
crawl-phase-sizes = 大小
tls-disable = 不加密：密码和数据均为明文
tls-require = 加密，但不核对服务器
tls-verify-full = 加密，并核对服务器名称

# 读取数据源中的数据
source-reading = 读取数据
source-reading-hint = 规则、数据概况和样例可以向数据源请求多少。采集不计入。
source-connections = 同时连接数
source-statement-seconds = 单条查询的秒数
source-statements-a-day = 每天的查询条数
source-seconds-a-day = 每天查询的总秒数
source-quiet = 不读取的时段
source-quiet-hint = 每行一段，如 22:00-06:00，按其计划的时区。
source-profile-cron = 统计全部数据集（cron）
source-profile-cron-hint = 五个字段，按其计划的时区，最多每小时一次。留空：仅在有人请求时。
source-reading-bounds = 取值范围为 { $least } 到 { $most }。
source-reading-quiet = 时间段写作 HH:MM 到 HH:MM，两端不同，最多 { $most } 段。
read-wrong = 数据源拒绝了该查询（代码 { $code }）。
read-refused-writes = 该查询读取的对象试图写入。没有写入任何内容。
read-refused-statement = 只运行一条查询：SELECT，或 WITH … SELECT。
read-refused-form = { $form ->
    [into] SELECT … INTO 会写入，不予运行。
    [lock] FOR UPDATE 和 FOR SHARE 会加锁，不予运行。
    [write_inside] 查询中含有写入语句。
    [parameter] 含有参数，但没有可代入的值。
    [recursive] WITH RECURSIVE 可能永不结束，不予运行。
    [name_in_apostrophes] 请用 CAST(… AS 类型) 代替写在文本前的类型，名称用双引号。
    [bare_table] 请用 SELECT … FROM 代替 TABLE。
   *[other] 不运行这种写法：{ $form }。
}
read-refused-function = 函数 { $function } 不在此处查询可调用的函数之列。
read-refused-operator = 运算符 { $name } 不是服务器自带的。
read-refused-type = 类型 { $name } 不是服务器自带的。
read-refused-relation = { $name } 属于服务器的系统目录，此处不读取。
read-refused-unqualified = 请在名称前写明模式：{ $name }。
read-refused-unreadable = 无法理解这段 SQL（第 { $line } 行第 { $column } 列）：{ $reason }
read-refused-shape = 该查询含有参数，或不产生任何列。
read-refused-role = 登录角色的权限超出读取（{ $rights }）。用户编写的查询只由仅能读取的角色运行：请为数据源设置这样的角色。
read-limit-time = 运行超过 { $seconds } 秒，已停止。
read-limit-columns = 结果有 { $columns } 列；最多取 { $most } 列。
read-limit-connections = 数据源正在被读取，已用满为其设定的连接数（{ $most }）。请稍后再试。
read-limit-statements = 今天对该数据源的查询已达设定的 { $most } 条。
read-limit-seconds = 今天对该数据源的读取已达设定的 { $most } 秒。
read-limit-quiet = 该数据源在 { $hours }（{ $zone }）期间不读取。

# 数据概况
profile-said = 已统计 { $profiled } 个，{ $failed } 个无法读取。
profile-doing = 正在统计 { $dataset }
profile-limit = 取值范围为 1 到 { $most }。
