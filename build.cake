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
static readonly TimeSpan UnitTestLimit = TimeSpan.FromMinutes(5);
static readonly TimeSpan MeshTestLimit = TimeSpan.FromMinutes(40);

var target = Argument("target", "Build");
var arguments = (EnvironmentVariable("BUILD_ARGUMENTS") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
var aot = arguments.Contains("--aot");
var clock = Stopwatch.StartNew();

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

Task("Publish")
    .IsDependentOn("Restore")
    .Does(() => Publish());

// build.sh becomes the published file's `demo` afterwards.
Task("Demo")
    .Does(() =>
    {
        if (IsUpToDate())
        {
            Say($"{Published} is up to date");
            return;
        }

        RunTarget("Publish");
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

        // Two cores: the publish is one thread for most of its time, so the unit tests share the machine with it.
        var publish = System.Threading.Tasks.Task.Run(Publish);
        var results = new List<TestResult>();
        foreach (var project in projects.Where(name => name != MeshTests))
        {
            results.Add(await RunTests(project, UnitTestLimit, live: false));
        }

        try
        {
            await publish;
            PublishOther();
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
    EnsureDirectoryExists(Folder);
    CleanDirectory(Folder);
    var aotArguments = new[] { "-p:PublishAot=true", "-p:LockFiles=off" };
    Dotnet(aot ? "publishing by native AOT" : "publishing the one file",
        ["publish", Exe, "-c", "Release", "-v", "q", "-clp:NoSummary", "-o", Folder, .. aot ? aotArguments : ["--no-restore"]]);

    var files = GetFiles(Folder + "/**/*").Select(file => file.FullPath).ToList();
    if (files is not [var only] || System.IO.Path.GetFileName(only) != "gatewaymesh")
    {
        throw new CakeException("publish must leave one file, gatewaymesh, but left: " + string.Join(", ", files.Select(System.IO.Path.GetFileName)));
    }

    var length = new System.IO.FileInfo(only).Length;
    if (length > MaxPublishedBytes)
    {
        throw new CakeException(Format($"{only} has {length} bytes, more than the {MaxPublishedBytes} that are allowed"));
    }

    // By rename: a mesh that runs from the old file keeps it.
    EnsureDirectoryExists("artifacts/gatewaymesh");
    System.IO.File.Move(only, Published, overwrite: true);
    System.IO.File.SetLastWriteTimeUtc(Published, DateTime.UtcNow);
    Say(Format($"{Published}: {length / 1e6:0.0} MB"));
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
        "--no-restore", "-p:PublishTrimmed=false", "-p:PublishReadyToRun=false", "-p:RunAnalyzers=false", .. hasCommit ? new[] { "-p:LockFiles=off" } : []]);
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

// Nothing that goes into the published file is newer than it.
bool IsUpToDate()
{
    var sources = GetFiles("src/**/*").Concat(GetFiles("Directory.*.props")).Concat(GetFiles("global.json")).Concat(GetFiles("build.cake"))
        .Where(file => !file.FullPath.Contains("/bin/") && !file.FullPath.Contains("/obj/"));
    return FileExists(Published) && sources.All(file =>
        System.IO.File.GetLastWriteTimeUtc(file.FullPath) < System.IO.File.GetLastWriteTimeUtc(Published));
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

    Say(Format($"{(result.Failed == 0 ? "√" : "×")} {project}: {result.Passed} passed, {result.Failed} failed, {result.Skipped} skipped in {watch.Elapsed.TotalSeconds:0.0} s"));
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
    int Count(params string[] outcomes) => tests.Count(test => outcomes.Contains((string)test.Attribute("outcome")));
    var failures = tests.Where(test => (string)test.Attribute("outcome") is "Failed" or "Error" or "Timeout" or "Aborted").Select(test =>
        $"× {project}: {(string)test.Attribute("testName")}\n"
        + string.Join('\n', new[] { "Message", "StackTrace", "StdOut", "StdErr" }
            .SelectMany(name => test.Descendants(ns + name)).Select(part => part.Value.Trim()).Where(text => text.Length > 0)))
        .ToList();
    return new TestResult(project, Count("Passed"), failures.Count, failures) { Skipped = Count("NotExecuted") };
}

record TestResult(string Project, int Passed, int Failed, IReadOnlyList<string> Failures)
{
    public int Skipped { get; init; }
}

// ---- processes

void Dotnet(string what, params string[] words)
{
    var watch = Stopwatch.StartNew();
    Say(what + " …");
    using var process = Start(words, Console.WriteLine);
    process.WaitForExit();
    if (process.ExitCode != 0)
    {
        throw new CakeException(Format($"{what} failed (dotnet {words[0]}, exit code {process.ExitCode}); the errors stand above"));
    }

    Say(Format($"{what}: done in {watch.Elapsed.TotalSeconds:0.0} s"));
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

void Say(string text) => Console.WriteLine(Format($"[{clock.Elapsed:mm\\:ss}] {text}"));

static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
