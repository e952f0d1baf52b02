# 登录与首位管理员
sign-in-title = 登录
sign-in-button = 登录
sign-in-return = 登录后将回到您要访问的页面。
sign-in-first = 目前还没有人可以登录。
sign-in-first-text = 请打开服务器启动时打印的一次性链接，或运行“cadastre user create --admin”。
sign-in-help = 没有密码或忘记了？管理员可以为您设置新密码。
set-up-title = 创建首位管理员
set-up-text = 本页由服务器日志中的一次性链接打开，完成后即永久关闭。
set-up-steps = 步骤
set-up-step-person = 管理员
set-up-step-source = 首个数据源
set-up-step-owners = 负责人
set-up-minutes = { $n ->
   *[other] 链接还有 { $n } 分钟有效
}
set-up-once = 且只能使用一次。重启服务器可获得新链接。
set-up-button = 创建并继续
people-name = 姓名
people-login = 用户名
people-login-hint = 小写字母、数字和 . _ - @
people-email = 邮箱
people-password = 密码
people-password-hint = 至少 12 个字符，常见密码会被拒绝。
people-language = 语言
sign-in-refused = 用户名或密码不正确。
people-email-wrong = 请输入完整地址，例如 name@example.org
