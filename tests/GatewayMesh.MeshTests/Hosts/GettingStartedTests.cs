using System.Diagnostics;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Hosts;

/// <summary>
/// The getting-started page, run literally: two hosts as network namespaces, the files and commands of the page, and the output it shows.
/// Requires root, iproute2, Python and Consul; without them the test fails and names what is missing.
/// </summary>
[CancelAfter(300_000)]
internal sealed class GettingStartedTests
{
    [TestCase("")]
    [TestCase("consul")]
    public async Task Every_command_on_the_page_works(string tag)
    {
        var (code, output) = await RunAsync("ops/try-page.py", "docs/getting-started.md", tag);
        await TestContext.Out.WriteLineAsync(output);
        Assert.That(code, Is.Zero, output);
        Assert.That(output, Does.Contain("blocks of commands work"));
    }

    [Test]
    public async Task Command_with_a_failure_or_different_output_fails_the_page()
    {
        var page = Path.Combine(Path.GetTempPath(), $"page-{Environment.ProcessId}.md");
        try
        {
            await File.WriteAllTextAsync(page, "```sh host-a\ntrue\n```\n```sh host-a\necho one\n```\n```sh host-b\nfalse\n```\n");
            var (code, output) = await RunAsync("ops/try-page.py", page);
            Assert.That(
                (code, output.Contains($"{page}:8 on host-b: exit code 1", StringComparison.Ordinal)), Is.EqualTo((1, true)), output);
        }
        finally
        {
            File.Delete(page);
        }
    }

    [Test]
    public async Task Demo_recording_script_still_creates_a_picture()
    {
        var (code, output) = await RunAsync("ops/record-demo.py", "--check");
        Assert.That(code, Is.Zero, output);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "python3", [Path.Combine(PublishedFile.Root, script), .. arguments.Where(argument => argument.Length > 0)])
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
