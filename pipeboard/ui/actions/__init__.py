"""What keys do, a module a family: functions over the screen that they are pressed on."""
