"""Hand-over of cells between inspectors (轮岗交接): frozen lists, two signatures, then the change."""
