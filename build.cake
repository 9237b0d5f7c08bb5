// The build. `./build.sh help` says what there is; this file is what it does.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Xml.Linq;

const string Solution = "GatewayMesh.sln";
const string Exe = "src/GatewayMesh/GatewayMesh.csproj";
const string Published = "artifacts/gatewaymesh/gatewaymesh";
const long MaxPublishedBytes = 60L * 1000 * 1000;

// The mesh tests drive the published file with real processes, so they run alone and after it.
const string MeshTests = "GatewayMesh.MeshTests";
static readonly TimeSpan UnitTestLimit = TimeSpan.FromMinutes(15);
static readonly TimeSpan MeshTestLimit = TimeSpan.FromMinutes(40);

var target = Argument("target", "Build");
var arguments = (EnvironmentVariable("BUILD_ARGUMENTS") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
var native = EnvironmentVariable("BUILD_JIT") != "1";
var started = long.TryParse(EnvironmentVariable("BUILD_STARTED"), out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.UtcNow;

// What is under way and for how long, where nothing else runs beside it.
Progress progress = null;

Task("Restore")
    .Does(() => Restore(locked: LocksWereMadeByThisSdk()));

Task("Locks")
    .Does(() => Dotnet("writing the lock files", "restore", Solution, "--force-evaluate", "-v", "q"));

// A test holds the generated pages to the code; with this variable it writes them instead.
Task("Reference")
    .IsDependentOn("Restore")
    .Does(() =>
    {
        System.Environment.SetEnvironmentVariable("GATEWAYMESH_WRITE_REFERENCE", "1");
        Dotnet("writing the reference pages", "test", "tests/GatewayMesh.Architecture.Tests", "-c", "Release", "--no-restore", "-v", "q", "--nologo",
            "--filter", "FullyQualifiedName~ReferenceTests");
    });

Task("Build")
    .IsDependentOn("Restore")
    .Does(() => Dotnet("building all projects", "build", Solution, "-c", "Release", "--no-restore", "-v", "q", "-clp:NoSummary"));

// build.sh calls it for `demo` too, and becomes the published file's `demo` afterwards.
Task("Publish")
    .Does(() =>
    {
        using (progress = new Progress(started, isTerminal: !Console.IsOutputRedirected))
        {
            Restore(locked: LocksWereMadeByThisSdk());
            Publish();
        }
    });

// build.sh becomes the bench or the soak afterwards.
Task("Bench")
    .Does(() =>
    {
        using (progress = new Progress(started, isTerminal: !Console.IsOutputRedirected))
        {
            Restore(locked: LocksWereMadeByThisSdk());
            if (EnvironmentVariable("BUILD_UP_TO_DATE") != "1")
            {
                Publish();
            }

            Dotnet("building the bench", "build", "tests/GatewayMesh.Bench/GatewayMesh.Bench.csproj", "-c", "Release", "--no-restore", "-v", "q",
                "-clp:NoSummary", "-p:RunAnalyzers=false");
        }
    });

// For upgrade tests outside of ./build.sh test.
Task("OtherBuild")
    .IsDependentOn("Restore")
    .Does(() => PublishOther());

Task("Test")
    .IsDependentOn("Build")
    .Does(async () =>
    {
        EnsureDirectoryExists("artifacts/tests");
        CleanDirectory("artifacts/tests");

        var filter = Option("--filter");
        var projects = GetFiles("tests/*/*.csproj").Where(IsTestProject).Select(file => file.GetFilenameWithoutExtension().ToString())
            .Where(name => filter is null || name.Contains(filter, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToList();

        // Two cores: a publish is one thread for most of its time, so the unit tests share the machine with it.
        var publish = System.Threading.Tasks.Task.Run(() =>
        {
            Publish();
            PublishTrimmed();
            PublishOther();
        });
        var results = new List<TestResult>();
        foreach (var project in projects.Where(name => name != MeshTests))
        {
            results.Add(await RunTests(project, UnitTestLimit, live: false));
        }

        try
        {
            await publish;
        }
        catch (Exception error)
        {
            results.Add(new TestResult("publish", 0, 1, [$"publish: {error.Message}"]));
        }

        if (projects.Contains(MeshTests))
        {
            results.Add(await RunTests(MeshTests, MeshTestLimit, live: true));
        }

        var passed = results.Sum(result => result.Passed);
        var failed = results.Sum(result => result.Failed);
        System.IO.File.WriteAllText("artifacts/tests/sum.txt", Format($"{passed} passed, {failed} failed\n"));
        foreach (var failure in results.SelectMany(result => result.Failures))
        {
            Console.WriteLine();
            Console.WriteLine(failure);
        }

        // Once more in short, where a long log ends.
        foreach (var failure in results.SelectMany(result => result.Failures))
        {
            Console.WriteLine(string.Join('\n', failure.Split('\n').Take(6)));
        }

        Console.WriteLine();
        if (failed > 0 || passed == 0)
        {
            throw new CakeException(passed + failed == 0 ? "No test ran." : "Tests failed.");
        }
    });

// POSTs with idempotency keys in each failover case, with the counts that the documents state.
Task("Posts")
    .IsDependentOn("Restore")
    .Does(() =>
    {
        Publish();
        System.Environment.SetEnvironmentVariable("MESH_TESTS_POSTS", Option("--posts") ?? "10000");
        Dotnet("sending POSTs with keys", "test", $"tests/{MeshTests}/{MeshTests}.csproj", "-c", "Release", "--no-restore", "--nologo",
            "--filter", "FullyQualifiedName~NothingIsLostWithKeysTests", "--logger", "console;verbosity=normal");
    });

// The readers of bytes from outside with many more inputs than a test run has, and with others each time a seed is given.
Task("Fuzz")
    .IsDependentOn("Restore")
    .Does(async () =>
    {
        const string Project = "GatewayMesh.Proxy.Tests";
        var inputs = Option("--inputs") ?? "10000000";
        var seed = Option("--seed") ?? "1";
        System.Environment.SetEnvironmentVariable("GATEWAYMESH_FUZZ_INPUTS", inputs);
        System.Environment.SetEnvironmentVariable("GATEWAYMESH_FUZZ_SEED", seed);
        Dotnet("building the tests of the readers", "build", $"tests/{Project}/{Project}.csproj", "-c", "Release", "--no-restore", "-v", "q", "-clp:NoSummary");
        EnsureDirectoryExists("artifacts/tests");
        var log = $"artifacts/tests/fuzz-{seed}.log";
        Say($"{inputs} inputs for each reader, seed {seed}, log {log}");
        using var lines = new System.IO.StreamWriter(log) { AutoFlush = true };
        using var process = Start(
            ["test", $"tests/{Project}/{Project}.csproj", "-c", "Release", "--no-build", "--nologo", "-v", "q",
                "--filter", "FullyQualifiedName~Http1.Fuzz", "--logger", "console;verbosity=normal"],
            line =>
            {
                lock (lines)
                {
                    lines.WriteLine(line);
                }

                Say(line.Trim());
            });
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new CakeException($"A reader failed; its input is in {log}.");
        }
    });

RunTarget(target.Equals("default", StringComparison.OrdinalIgnoreCase) ? "Build" : target);

// ---- restore and publish

// The SDK adds packages of its own version (the trimmer) to the locked graph. With another patch of the SDK the lock
// files can't match, so they are checked only by the one that wrote them; any other restores by the central versions.
bool LocksWereMadeByThisSdk()
{
    var bundled = Output("msbuild", Exe, "-getProperty:BundledNETCoreAppPackageVersion").Trim();
    var matches = System.IO.File.ReadAllText("src/GatewayMesh/packages.lock.json").Contains($"\"requested\": \"[{bundled}, )\"");
    if (!matches)
    {
        Say($"this SDK bundles {bundled}, the lock files were made with another: not checked");
    }

    return matches;
}

void Restore(bool locked)
{
    try
    {
        Dotnet("restoring packages", ["restore", Solution, "-v", "q", .. locked ? new[] { "--locked-mode" } : ["-p:LockFiles=off"]]);
    }
    catch (CakeException) when (locked)
    {
        throw new CakeException("Restore failed. If a package or a project reference was changed on purpose: ./build.sh locks, and commit the lock files.");
    }
}

void Publish()
{
    const string Folder = "artifacts/publish";
    const string Symbols = "gatewaymesh.dbg";
    var began = DateTime.UtcNow;
    EnsureDirectoryExists(Folder);
    CleanDirectory(Folder);
    Dotnet(native ? "compiling for the native program" : "compiling",
        ["publish", Exe, "-c", "Release", "-v", "m", "-clp:NoSummary", "-o", Folder, "--no-restore", "-p:RunAnalyzers=false",
            "-p:PublishAot=" + (native ? "true" : "false"),
            .. native ? new[] { "-p:CppCompilerAndLinker=" + EnvironmentVariable("BUILD_LINKER") } : []]);

    string[] wanted = native ? ["gatewaymesh", Symbols] : ["gatewaymesh"];
    var left = GetFiles(Folder + "/**/*").Select(file => System.IO.Path.GetFileName(file.FullPath)).Order(StringComparer.Ordinal).ToList();
    if (!left.SequenceEqual(wanted))
    {
        throw new CakeException($"publish must leave {string.Join(" and ", wanted)}, but left: {string.Join(", ", left)}");
    }

    var file = System.IO.Path.Combine(Folder, "gatewaymesh");
    var length = new System.IO.FileInfo(file).Length;
    if (length > MaxPublishedBytes)
    {
        throw new CakeException(Format($"{file} has {length} bytes, more than the {MaxPublishedBytes} that are allowed"));
    }

    // By rename: a mesh that runs from the old file keeps it. What is changed from now on is newer than the file.
    EnsureDirectoryExists("artifacts/gatewaymesh");
    var symbols = Published + ".dbg";
    System.IO.File.Delete(symbols);
    if (native)
    {
        System.IO.File.Move(System.IO.Path.Combine(Folder, Symbols), symbols);
    }

    System.IO.File.SetLastWriteTimeUtc(file, began);
    System.IO.File.Move(file, Published, overwrite: true);
    Say(native
        ? Format($"{Published}: {length / 1e6:0.0} MB, native; symbols beside it in {Symbols}")
        : Format($"{Published}: {length / 1e6:0.0} MB, made with --jit: it starts more slowly and takes more memory than the native program"));
}

// Trimmed assemblies in one file, as --jit makes them, for the test that looks for what the trimmer broke. Never handed out.
void PublishTrimmed()
{
    const string Folder = "artifacts/trimmed-build";
    if (!native)
    {
        return; // the published file is one
    }

    EnsureDirectoryExists(Folder);
    CleanDirectory(Folder);
    Dotnet("publishing trimmed assemblies", "publish", Exe, "-c", "Release", "-v", "q", "-clp:NoSummary", "-o", Folder, "--no-restore",
        "-p:PublishAot=false", "-p:PublishReadyToRun=false", "-p:RunAnalyzers=false");
}

// The first commit of 0.2.0 that can be upgraded; a guard of 0.1 reads its assemblies from the replaced file.
const string EarlierCommit = "e674b61dd81b98eb2a1f1a3bfbf96e412c018cdc";

// The build that tests of upgrades upgrade from and to: an earlier commit, or this tree where the history does not have that commit. Untrimmed and without ReadyToRun,
// so that nothing is at its place either. The file `built-from` beside it tells which. Never handed out.
void PublishOther()
{
    const string Folder = "artifacts/other-build", Sources = "artifacts/other-source", Label = Folder + "/built-from";
    var hasCommit = Run("git", "cat-file", "-e", EarlierCommit + "^{commit}");
    if (hasCommit && FileExists(Label) && System.IO.File.ReadAllText(Label).Trim() == EarlierCommit)
    {
        Say($"{Folder} is the build of commit {EarlierCommit[..7]} already");
        return;
    }

    foreach (var folder in new[] { Folder, Sources })
    {
        EnsureDirectoryExists(folder);
        CleanDirectory(folder);
    }

    Say(hasCommit
        ? $"upgrades are tested with the build of commit {EarlierCommit[..7]}"
        : $"upgrades are tested with another build of this tree: there is no commit {EarlierCommit[..7]} here (a shallow clone, or no git); run `git fetch --unshallow` to have it");
    if (hasCommit && !(Run("git", "archive", "-o", Sources + ".tar", EarlierCommit) && Run("tar", "-xf", Sources + ".tar", "-C", Sources)))
    {
        throw new CakeException($"the sources of commit {EarlierCommit} cannot be read from git");
    }

    var project = MakeAbsolute(File(hasCommit ? Sources + "/" + Exe : Exe)).FullPath;
    if (hasCommit)
    {
        Dotnet("restoring packages of the earlier commit", "restore", project, "-v", "q", "-p:LockFiles=off");
    }

    Dotnet("publishing the build to upgrade from and to", ["publish", project, "-c", "Release", "-v", "q", "-clp:NoSummary", "-o", MakeAbsolute(Directory(Folder)).FullPath,
        "--no-restore", "-p:PublishAot=false", "-p:PublishTrimmed=false", "-p:PublishReadyToRun=false", "-p:RunAnalyzers=false", .. hasCommit ? new[] { "-p:LockFiles=off" } : []]);
    System.IO.File.WriteAllText(Label, (hasCommit ? EarlierCommit : "this tree") + "\n");
}

// True if the program ended with 0.
bool Run(string program, params string[] words)
{
    try
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true });
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
    catch (System.ComponentModel.Win32Exception)
    {
        return false;
    }
}

// ---- tests

// What test projects share is a plain library among them, and says so.
bool IsTestProject(FilePath project) =>
    !XDocument.Load(MakeAbsolute(project).FullPath).Descendants("IsTestProject").Any(value => value.Value == "false");

async Task<TestResult> RunTests(string project, TimeSpan limit, bool live)
{
    if (live)
    {
        Say(project);
    }

    var watch = Stopwatch.StartNew();
    var trx = MakeAbsolute(File($"artifacts/tests/{project}.trx")).FullPath;
    var output = new ConcurrentQueue<string>();
    using var process = Start(
        ["test", $"tests/{project}/{project}.csproj", "-c", "Release", "--no-build", "--nologo", "-v", "q",
            "--logger", "trx;LogFileName=" + trx, "--logger", "console;verbosity=" + (live ? "normal" : "minimal")],
        line =>
        {
            output.Enqueue(line);
            var word = line.TrimStart();
            if (live && (word.StartsWith("Passed ") || word.StartsWith("Failed ") || word.StartsWith("Skipped ")))
            {
                Console.WriteLine("  " + word);
            }
        });
    using var deadline = new CancellationTokenSource(limit);
    var ended = "";
    try
    {
        await process.WaitForExitAsync(deadline.Token);
    }
    catch (OperationCanceledException)
    {
        ended = Format($"{project}: killed after {limit.TotalMinutes} minutes");
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    var result = Read(project, trx);
    if (ended.Length == 0 && result.Failed == 0 && (process.ExitCode != 0 || result.Passed == 0))
    {
        ended = Format($"{project}: dotnet test ended with {process.ExitCode} and {result.Passed} passed tests");
    }

    if (ended.Length > 0)
    {
        result = result with { Failed = result.Failed + 1, Failures = [.. result.Failures, ended + "\n" + string.Join('\n', output.TakeLast(60))] };
    }

    Say(Format($"{(result.Failed == 0 ? "√" : "×")} {project}: {result.Passed} passed, {result.Failed} failed in {watch.Elapsed.TotalSeconds:0.0} s"));
    return result;
}

TestResult Read(string project, string trx)
{
    if (!System.IO.File.Exists(trx))
    {
        return new TestResult(project, 0, 0, []);
    }

    XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
    var tests = XDocument.Load(trx).Descendants(ns + "UnitTestResult").ToList();
    string Outcome(XElement test) => (string)test.Attribute("outcome") ?? "";
    // A test that was skipped or is inconclusive counts as failed: the sum vouches for every test.
    var failures = tests.Where(test => Outcome(test) != "Passed").Select(test =>
        $"× {project}: {(string)test.Attribute("testName")}{(Outcome(test) == "Failed" ? "" : $" ({Outcome(test)})")}\n"
        + string.Join('\n', new[] { "Message", "StackTrace", "StdOut", "StdErr" }
            .SelectMany(name => test.Descendants(ns + name)).Select(part => part.Value.Trim()).Where(text => text.Length > 0)))
        .ToList();
    return new TestResult(project, tests.Count - failures.Count, failures.Count, failures);
}

record TestResult(string Project, int Passed, int Failed, IReadOnlyList<string> Failures);

// ---- processes

void Dotnet(string what, params string[] words)
{
    var watch = Stopwatch.StartNew();
    Begin(what);
    var broken = new ConcurrentQueue<string>();
    using var process = Start(words, line =>
    {
        Tell(line);
        if (IsBrokenMethod(line))
        {
            broken.Enqueue(line);
        }
    });
    process.WaitForExit();
    if (!broken.IsEmpty)
    {
        // Else the next publish finds everything up to date and says nothing.
        DeleteFiles("src/GatewayMesh/obj/Release/*/*/native/gatewaymesh.o");
        throw new CakeException($"{what} failed: the native compiler could not compile a method (the line stands above); change the method");
    }

    if (process.ExitCode != 0)
    {
        throw new CakeException(Format($"{what} failed (dotnet {words[0]}, exit code {process.ExitCode}); the errors stand above"));
    }

    if (progress is null)
    {
        Say(Format($"{what}: done in {watch.Elapsed.TotalSeconds:0.0} s"));
    }
}

void Begin(string what)
{
    if (progress is null)
    {
        Say(what + " …");
    }
    else
    {
        progress.Begin(what);
    }
}

// The native compiler skips a method that it cannot compile; the method throws when it is called.
static bool IsBrokenMethod(string line) => line.Contains("will always throw because", StringComparison.Ordinal);

// A line of `dotnet`: the beginning of a step, an error or a warning. Where assemblies are written to is left out.
void Tell(string line)
{
    switch (line.Trim())
    {
        case "Generating native code":
            Begin("compiling to native code");
            break;
        case "Linking":
            Begin("linking");
            break;
        case var text when text.StartsWith("Optimizing assemblies for size", StringComparison.Ordinal):
            Begin("trimming");
            break;
        case var text when text.Contains(" -> ", StringComparison.Ordinal):
            break;
        default:
            if (progress is null)
            {
                Console.WriteLine(line);
            }
            else
            {
                progress.Write(line);
            }

            break;
    }
}

string Output(params string[] words)
{
    var lines = new ConcurrentQueue<string>();
    using var process = Start(words, lines.Enqueue);
    process.WaitForExit();
    return string.Join('\n', lines);
}

Process Start(string[] words, Action<string> onLine)
{
    var start = new ProcessStartInfo("dotnet", words) { RedirectStandardOutput = true, RedirectStandardError = true };
    var process = new Process { StartInfo = start };
    process.OutputDataReceived += (_, e) => { if (!string.IsNullOrWhiteSpace(e.Data)) { onLine(e.Data); } };
    process.ErrorDataReceived += (_, e) => { if (!string.IsNullOrWhiteSpace(e.Data)) { onLine(e.Data); } };
    process.Start();
    process.BeginOutputReadLine();
    process.BeginErrorReadLine();
    return process;
}

string Option(string name)
{
    var index = Array.IndexOf(arguments, name);
    return index >= 0 && index + 1 < arguments.Length ? arguments[index + 1] : null;
}

void Say(string text)
{
    var line = Format($"[{DateTimeOffset.UtcNow - started:mm\\:ss}] {text}");
    if (progress is null)
    {
        Console.WriteLine(line);
    }
    else
    {
        progress.Write(line);
    }
}

static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

/// <summary>What is under way: on a terminal one line that is written over each second, in a pipe a line for each step and every 30 s of it.</summary>
sealed class Progress : IDisposable
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(30);

    // Seconds that a step usually takes on two cores.
    private static readonly Dictionary<string, int> s_usual = new()
    {
        ["restoring packages"] = 15,
        ["compiling for the native program"] = 45,
        ["compiling"] = 45,
        ["compiling to native code"] = 90,
        ["trimming"] = 60,
        ["linking"] = 5,
    };

    private readonly DateTimeOffset _started;
    private readonly bool _isTerminal;
    private readonly Timer _timer;
    private readonly object _gate = new();
    private readonly Stopwatch _step = new();
    private TimeSpan _lastLine;
    private string _what;

    public Progress(DateTimeOffset started, bool isTerminal)
    {
        (_started, _isTerminal) = (started, isTerminal);
        _timer = new Timer(_ => Tick(), null, 1000, 1000);
    }

    public void Begin(string what)
    {
        lock (_gate)
        {
            _what = what;
            _step.Restart();
            _lastLine = TimeSpan.Zero;
            Draw();
        }
    }

    public void Write(string line)
    {
        lock (_gate)
        {
            Clear();
            Console.WriteLine(line);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _what = null;
            Clear();
        }

        _timer.Dispose();
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_what is null || !_isTerminal && _step.Elapsed - _lastLine < s_quiet)
            {
                return;
            }

            _lastLine = _step.Elapsed;
            Draw();
        }
    }

    private void Draw()
    {
        var since = _step.Elapsed.TotalSeconds >= 1 ? FormattableString.Invariant($", {_step.Elapsed.TotalSeconds:0} s") : "";
        var usual = s_usual.TryGetValue(_what, out var seconds) ? FormattableString.Invariant($" (usually about {seconds} s)") : "";
        var line = FormattableString.Invariant($"[{DateTimeOffset.UtcNow - _started:mm\\:ss}] {_what}{since}{usual}");
        if (!_isTerminal)
        {
            Console.WriteLine(line);
            return;
        }

        var width = Math.Max(20, Console.WindowWidth - 1);
        Console.Write("\r\x1b[K" + (line.Length > width ? line[..width] : line));
    }

    private void Clear()
    {
        if (_isTerminal)
        {
            Console.Write("\r\x1b[K");
        }
    }
}
