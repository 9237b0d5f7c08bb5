using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>The published file.</summary>
public sealed class PublishedFileTests : MeshTest
{
    [Test]
    public void Published_file_is_at_most_60_MB_with_only_its_symbols_next_to_it()
    {
        var file = new FileInfo(PublishedFile.Path);
        var beside = file.Directory!.GetFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Length, Is.LessThanOrEqualTo(60_000_000));
            Assert.That(beside, Is.EqualTo(PublishedFile.IsNative ? ["gatewaymesh", "gatewaymesh.dbg"] : new[] { "gatewaymesh" }));
        }
    }

    [Test]
    public async Task Native_file_has_its_type_data_ready_at_fixed_addresses()
    {
        // Unpacked or relocated at start, it would be 7.5 MB of private memory in each process.
        var file = await File.ReadAllBytesAsync(PublishedFile.Path);
        const int TypeAt = 16, FixedAddresses = 2; // e_type, ET_EXEC (System V ABI, ELF header)
        using (Assert.EnterMultipleScope())
        {
            Assert.That(BitConverter.ToUInt16(file, TypeAt) == FixedAddresses, Is.EqualTo(PublishedFile.IsNative));
            Assert.That(file.AsSpan().IndexOf(".hydrated"u8), Is.Negative);
        }
    }

    [Test]
    public async Task The_published_file_runs_without_dotnet_and_without_an_environment()
    {
        using var process = new MeshProcess("version", ["version"], emptyEnvironment: true);
        Assert.That(await process.ExitAsync(), Is.Zero, process.Errors);
        Assert.That(process.Output, Does.Match(@"\d+\.\d+\.\d+"));
    }

    [Test]
    public async Task The_demo_starts_serves_and_leaves_no_process_behind_after_ctrl_c()
    {
        using var demo = new MeshProcess(
            "demo",
            ["demo", "--no-faults", "--json", "--data-dir", Path.Combine(Mesh.Folder, "demo"), "--port-base", $"{FreePorts.Next()}"],
            Mesh.Environment);
        try
        {
            await Eventually.Until("the demo's processes run", () => Mesh.Processes().Count > 9);
            await Eventually.Until(
                "the demo prints its processes",
                () => demo.Output.Contains("\"pids\"", StringComparison.Ordinal),
                () => Task.FromResult(demo.Tail(40)));

            demo.Signal(ProcessTable.Interrupt);

            Assert.That(await demo.ExitAsync(), Is.Zero, demo.Tail(40));
            await Eventually.Until("every process has ended", () => Mesh.Processes().Count == 0);
            Assert.That(() => JsonDocument.Parse(demo.Output.Split('\n')[^1]), Throws.Nothing, demo.Output);
        }
        finally
        {
            await TestContext.Out.WriteLineAsync(demo.Tail(20));
            foreach (var pid in Mesh.Processes())
            {
                ProcessTable.Signal(pid, ProcessTable.Kill);
            }
        }
    }
}
