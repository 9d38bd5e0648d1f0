"""The demo cities (演示数据): Jianghan with generated businesses, Helsinki with real shops."""
