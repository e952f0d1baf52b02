# 登记系统自检的结果。
health-database-answers = 数据库有响应。
health-one-role = 同一个数据库角色既拥有表又处理请求。请为 CADASTRE_MIGRATE_URL 配置另一个拥有这些表的角色。
health-two-roles = 处理请求的数据库角色无法改动变更链。
health-clock-skew = 本机与数据库的时钟相差 { $ms } 毫秒。
health-key = 当前用密钥 { $id } 加密；共有 { $count } 个密钥可解密。
health-lag = 权限数据在 { $ms } 毫秒前确认为最新。
health-tasks-state = { $waiting } 个任务在等待，其中 { $overdue } 个已等待五分钟以上；最近一天有 { $failed } 个失败。
