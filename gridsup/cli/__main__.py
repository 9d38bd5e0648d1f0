from gridsup.cli import app

app(prog_name="gridsup")
