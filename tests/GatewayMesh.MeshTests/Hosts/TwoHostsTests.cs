using System.Diagnostics;

namespace GatewayMesh.MeshTests.Hosts;

/// <summary>
/// The mesh of topology/two-hosts, unchanged: hosts in network namespaces, a Consul agent on each, and network faults between them.
/// Requires root, iproute2, nftables and Consul; without them the test fails and names what is missing.
/// </summary>
[CancelAfter(240_000)]
internal sealed class TwoHostsTests
{
    private string _data = null!;
    private HostsScript _hosts = null!;

    [OneTimeSetUp]
    public async Task Up()
    {
        _data = Directory.CreateTempSubdirectory("gatewaymesh-hosts-").FullName;
        _hosts = new HostsScript(_data);
        var (code, output) = await _hosts.RunAsync("up");
        Assert.That(code, Is.Zero, output);
    }

    [OneTimeTearDown]
    public async Task Down()
    {
        var (code, output) = await _hosts.RunAsync("down");
        Directory.Delete(_data, recursive: true);
        Assert.That(code, Is.Zero, output);
        Assert.That(await NamespacesAsync(), Does.Not.Contain(_hosts.Name));
    }

    [TestCase("host-a", "16001", "ledger")]
    [TestCase("edge", "16301", "web.example")]
    public async Task Service_is_reachable_from_another_host(string host, string port, string service)
    {
        var (code, output) = await _hosts.RunAsync(
            "exec", host, "curl", "-sS", "-f", "-m", "10", "-H", $"Host: {service}", $"http://127.0.0.1:{port}/");
        Assert.That(code, Is.Zero, output);
        Assert.That(output, Does.Contain("ledger@host-"));
    }

    // The drill itself checks the counts: nothing fails, and where the guard carries, at most the requests in flight on the cut
    // connections.
    [TestCase("partition-gateway")]
    [TestCase("partition-gateway-carried")]
    [TestCase("partition-host")]
    [TestCase("loss-1")]
    [TestCase("loss-10")]
    [TestCase("delay-100")]
    public async Task Network_fault_fails_no_request(string drill)
    {
        var (code, output) = await _hosts.RunAsync("drill", drill);
        await TestContext.Out.WriteLineAsync(output);
        Assert.That(code, Is.Zero, () => output + Logs());
    }

    private string Logs() => string.Join('\n', Directory.EnumerateFiles(_data, "*.log").Order(StringComparer.Ordinal)
        .Select(file => $"---- {Path.GetFileName(file)}\n{string.Join('\n', File.ReadLines(file).TakeLast(15))}"));

    private static async Task<string> NamespacesAsync()
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", ["netns", "list"]) { RedirectStandardOutput = true })!;
        var list = await ip.StandardOutput.ReadToEndAsync();
        await ip.WaitForExitAsync();
        return list;
    }
}
