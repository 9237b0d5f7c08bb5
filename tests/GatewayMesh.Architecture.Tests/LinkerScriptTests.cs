using System.Diagnostics;

namespace GatewayMesh.Architecture.Tests;

/// <summary>
/// ops/get-linker.sh on machines without a linker. PATH holds only fakes and the few tools that the script calls, so nothing is installed.
/// </summary>
public sealed class LinkerScriptTests
{
    // Reads its input to the end, as a compiler does, or the pipe in the script would break.
    private const string Compiler = "#!/bin/bash\nwhile read -r _; do :; done\nexit 0\n";
    private const string BrokenCompiler = "#!/bin/bash\nwhile read -r _; do :; done\nexit 1\n";

    private string _folder = null!;

    private string Path => System.IO.Path.Combine(_folder, "bin");

    private string[] Calls =>
        File.Exists(System.IO.Path.Combine(_folder, "calls")) ? File.ReadAllLines(System.IO.Path.Combine(_folder, "calls")) : [];

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("gatewaymesh-linker-").FullName;
        Directory.CreateDirectory(Path);
        foreach (var tool in (string[])["mktemp", "rm", "sed", "chmod"])
        {
            File.CreateSymbolicLink(System.IO.Path.Combine(Path, tool), $"/bin/{tool}");
        }
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("clang")]
    [TestCase("gcc")]
    public void An_installed_compiler_is_printed_and_nothing_is_installed(string compiler)
    {
        Fake(compiler, Compiler);
        Fake("objcopy", Compiler);
        Apt(User(0), "exit 1");

        var (code, output, errors) = Run();

        Assert.That((code, output, errors), Is.EqualTo((0, compiler + "\n", "")));
        Assert.That(Calls, Is.Empty);
    }

    [Test]
    public void Clang_without_objcopy_is_not_enough()
    {
        Fake("clang", Compiler);

        Assert.That(Run().Code, Is.EqualTo(1));
    }

    [Test]
    public void Without_apt_the_error_names_the_programs_to_install()
    {
        var (code, output, errors) = Run();

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(errors, Does.Contain("this is not Debian: install gcc (or clang), binutils and the headers of the C library"));
    }

    [Test]
    public void Without_root_the_error_names_the_command_and_nothing_is_installed()
    {
        Apt(User(1000), "exit 0");

        var (code, output, errors) = Run();

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(errors, Does.Contain("run 'sudo apt-get install gcc libc6-dev'"));
        Assert.That(Calls, Is.Empty);
    }

    [Test]
    public void Root_installs_the_packages_and_the_compiler_is_printed()
    {
        Apt(User(0), Install("gcc", Compiler));

        var (code, output, errors) = Run();

        Assert.That((code, output), Is.EqualTo((0, "gcc\n")), errors);
        Assert.That(Calls.Single(), Does.StartWith("install -y ").And.EndsWith(" gcc libc6-dev"));
    }

    [Test]
    public void Empty_package_lists_are_updated_before_a_second_try()
    {
        Apt(
            User(0),
            $"case $1 in update) : >{_folder}/updated ;; *) [ -e {_folder}/updated ] || exit 100; {Install("gcc", Compiler)} ;; esac");

        var (code, output, errors) = Run();

        Assert.That((code, output), Is.EqualTo((0, "gcc\n")), errors);
        Assert.That(Calls.Select(call => call.Split(' ')[0]), Is.EqualTo(new[] { "install", "update", "install" }));
    }

    [Test]
    public void A_failed_installation_is_reported()
    {
        Apt(User(0), "exit 100");

        var (code, output, errors) = Run();

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(errors, Does.Contain("apt could not install gcc libc6-dev"));
    }

    [Test]
    public void An_installed_compiler_that_cannot_link_is_reported()
    {
        Apt(User(0), Install("gcc", BrokenCompiler));

        var (code, output, errors) = Run();

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(errors, Does.Contain("linking a program still fails"));
    }

    [Test]
    public void An_unknown_argument_is_an_error()
    {
        var (code, _, errors) = Run("--force");

        Assert.That((code, errors), Is.EqualTo((1, "get-linker: unknown argument --force (see --help)\n")));
    }

    [Test]
    public void Help_prints_usage_and_exit_codes()
    {
        var (code, output, _) = Run("--help");

        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("ops/get-linker.sh [--help]").And.Contain("Exit codes:"));
    }

    private static string User(int id) => $"#!/bin/bash\necho {id}\n";

    // Shell commands that create a compiler and objcopy on PATH.
    private string Install(string compiler, string content)
    {
        var source = System.IO.Path.Combine(_folder, "compiler");
        File.WriteAllText(source, content);
        return $"for name in {compiler} objcopy; do while IFS= read -r line; do echo \"$line\"; done <{source} >{Path}/$name; chmod +x "
            + $"{Path}/$name; done";
    }

    private void Apt(string id, string commands)
    {
        Fake("id", id);
        Fake("apt-get", $"#!/bin/bash\necho \"$*\" >>{_folder}/calls\n{commands}\n");
    }

    private void Fake(string name, string script)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, script);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/bash", [System.IO.Path.Combine(Repository.Root, "ops", "get-linker.sh"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = Path;
        using var script = Process.Start(start)!;
        var errors = script.StandardError.ReadToEndAsync();
        var output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        return (script.ExitCode, output, errors.Result);
    }
}
