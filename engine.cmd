@echo off
rem Runs the `engine` command from this folder, building it first where it is missing.
setlocal
set "program=%~dp0artifacts\publish\Engine.Cli\release\Engine.Cli.dll"
if not exist "%program%" (
    echo engine: building ... 1>&2
    dotnet publish "%~dp0src\Engine.Cli" --configuration Release --nologo --verbosity quiet 1>&2 || dotnet publish "%~dp0src\Engine.Cli" --configuration Release --nologo --verbosity quiet -p:PublishReadyToRun=false 1>&2 || exit /b 70
)
dotnet "%program%" %*
