# 页面框架
layout-skip = 跳到正文
layout-search = 搜索表、字段、说明…
layout-palette = 前往或搜索…
layout-nav = 主导航
layout-theme = 切换主题
layout-account = 账户
layout-account-of = { $name }，账户
layout-tokens = API 令牌
layout-api = API
layout-sign-out = 退出登录
layout-notices = { $n ->
   *[other] 条通知
}
nav-home = 首页
nav-browse = 浏览
nav-domains = 域
nav-lineage = 血缘
nav-access = 权限
nav-audit = 审计
nav-sources = 数据源
nav-tasks = 任务
nav-people = 人员
nav-admin = 管理
nav-govern = 治理
nav-operate = 运维
theme-auto = 主题：跟随系统
theme-light = 主题：浅色
theme-dark = 主题：深色
form-errors = { $n ->
   *[other] 有 { $n } 项需要再看一下
}
form-optional = （可不填）
