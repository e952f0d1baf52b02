# 时刻与时长
format-bytes = { $n ->
   *[other] { $n } 字节
}
format-ms = { $n } 毫秒
format-s = { $n } 秒
format-m-s = { $m } 分 { $s } 秒
format-h-m = { $h } 小时 { $m } 分
format-d-h = { $d } 天 { $h } 小时
format-just-now = 刚刚
format-in-a-moment = 马上
format-minutes-ago = { $n } 分钟前
format-in-minutes = { $n } 分钟后
format-hours-ago = { $n } 小时前
format-in-hours = { $n } 小时后
format-today = 今天 { $time }
format-yesterday = 昨天 { $time }
format-tomorrow = 明天 { $time }
format-days-ago = { $n ->
   *[other] { $n } 天前
}
format-in-days = { $n ->
   *[other] { $n } 天后
}
