using System.Diagnostics;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Hosts;

/// <summary>
/// The page for newcomers, run as it stands: two hosts as network namespaces, the files and commands of the page, the output that the page shows.
/// Needs root, iproute2, Python and Consul: without them the test fails and says what is missing.
/// </summary>
[CancelAfter(300_000)]
internal sealed class GettingStartedTests
{
    [TestCase("")]
    [TestCase("consul")]
    public async Task Every_command_of_the_page_works(string tag)
    {
        var (code, output) = await RunAsync("ops/try-page.py", "docs/getting-started.md", tag);
        await TestContext.Out.WriteLineAsync(output);
        Assert.That(code, Is.Zero, output);
        Assert.That(output, Does.Contain("blocks of commands work"));
    }

    [Test]
    public async Task A_command_that_fails_or_prints_something_else_fails_the_page()
    {
        var page = Path.Combine(Path.GetTempPath(), $"page-{Environment.ProcessId}.md");
        try
        {
            await File.WriteAllTextAsync(page, "```sh host-a\ntrue\n```\n```sh host-a\necho one\n```\n```sh host-b\nfalse\n```\n");
            var (code, output) = await RunAsync("ops/try-page.py", page);
            Assert.That((code, output.Contains($"{page}:8 on host-b: exit code 1", StringComparison.Ordinal)), Is.EqualTo((1, true)), output);
        }
        finally
        {
            File.Delete(page);
        }
    }

    [Test]
    public async Task The_script_that_records_the_demo_still_makes_a_picture()
    {
        var (code, output) = await RunAsync("ops/record-demo.py", "--check");
        Assert.That(code, Is.Zero, output);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(PublishedFile.Root, script), .. arguments.Where(argument => argument.Length > 0)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GATEWAYMESH"] = PublishedFile.Path;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
