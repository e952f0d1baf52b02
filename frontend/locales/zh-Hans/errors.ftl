# 错误页
error-back = 返回
error-not-utf8 = 不是 UTF-8 文本。
error-request-id = 请求
error-retry-after = { $n ->
   *[other] 请在 { $n } 秒后重试。
}
error-unreadable = 无法读取此请求
error-unreadable-text = 地址或表单中有无法理解的内容。请返回后重试。
error-sign-in = 请登录后查看此页
error-sign-in-text = 会话已结束，或您尚未登录。
error-forbidden = 您无权执行此操作
error-forbidden-text = 您可以看到它，但您的角色不允许此操作。负责其权限的人可以授予您角色。
error-stale-form = 此表单不属于当前会话
error-stale-form-text = 打开后您可能重新登录过。没有任何更改。请重新打开页面再操作一次。
error-not-found = 这里什么都没有
error-not-found-text = 它不存在，或对您不可见。
error-not-allowed = 此地址不接受该请求
error-not-allowed-text = 表单发送到了没有表单的页面。请返回后重试。
error-conflict = 与现有内容冲突
error-conflict-text = 同名对象已存在，或仍有其他对象依赖它。没有任何更改。
error-changed = 期间有人修改过
error-changed-text = 为避免丢失对方的修改，您的更改没有保存。请返回并刷新页面查看当前内容。
error-too-large = 内容过大
error-too-large-text = 您发送的内容超过了此处的上限。没有任何更改。
error-too-large-limit = 上限为 { $limit }。
error-wrong-kind = 不接受此类内容
error-wrong-kind-text = 请求的内容类型无法在此地址读取。没有任何更改。
error-refused = 未被接受
error-refused-text = 内容可以读取，但其中有不成立之处。没有任何更改。
error-version-missing = 缺少版本
error-version-missing-text = 请求必须说明修改的是哪个版本。请刷新页面后重试。
error-too-often = 操作过于频繁
error-too-often-text = 为保证所有人安全、快速地使用，此操作有次数限制。没有任何更改。
error-fault = 服务器出错了
error-fault-text = 这不是您的问题。原因已按下方请求编号记入服务器日志；您提交的内容没有保存。
error-unavailable = 暂时不可用
error-unavailable-text = 数据库没有响应，或当前负载过高。已保存的内容是安全的；本次没有保存新内容。
