using System.Net;
using System.Net.Sockets;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.BadInput;

/// <summary>Invalid changes to a running mesh are refused with an error and harm nothing that runs.</summary>
public sealed class BadChangeTests : MeshTest
{
    [Test]
    public async Task Reload_with_an_unbindable_address_is_refused_as_a_whole_without_harm()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        using var taken = new TcpListener(IPAddress.Loopback, FreePorts.Next());
        taken.Start();
        var free = FreePorts.Next();
        var text = await File.ReadAllTextAsync(
            hosts.HostA.ConfigFile)
                + $"      upstreams: [ {{ service: payments, port: {free} }},\n        {{ service: ledger, port: "
                    + $"{((IPEndPoint)taken.LocalEndpoint).Port} }} ]\n";
        await File.WriteAllTextAsync(hosts.HostA.ConfigFile, text);
        await using var load = hosts.Load();
        await load.UntilServedAsync(200);

        hosts.HostA.Process.Signal(ProcessTable.Hangup);

        await Eventually.Until("the refusal is logged", () => hosts.HostA.Process.Errors.Contains("upstreams", StringComparison.Ordinal));
        await load.UntilServedAsync(200);
        var report = await load.StopAsync();
        var after = await hosts.HostA.StatusAsync();
        using var client = new TcpClient();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(hosts.HostA.Process.Errors, Does.Contain("host-a.yaml").And.Contain(taken.LocalEndpoint.ToString()!));
            Assert.That(
                hosts.HostA.Process.Errors,
                Does.Match($@"host-a\.yaml:{text.Count(letter => letter == '\n')}\b"),
                "the line of the address that is taken");
            Assert.That(report.Failed, Is.Zero);
            Assert.That((after.Guard, after.Worker, after.Leases), Is.EqualTo((before.Guard, before.Worker, before.Leases)));
            Assert.That(
                () => client.Connect(IPAddress.Loopback, free),
                Throws.InstanceOf<SocketException>(),
                "the other new port is not open either");
        }
    }

    [Test]
    public async Task Reload_opens_a_new_upstream_port()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var upstream = FreePorts.Loopback();
        await File.AppendAllTextAsync(hosts.HostA.ConfigFile, $"      upstreams: [ {{ service: payments, port: {upstream.Port} }} ]\n");

        hosts.HostA.Process.Signal(ProcessTable.Hangup);

        await Eventually.Until("payments answers on its own port", async () =>
        {
            using var connection = new Clients.PlainConnection(upstream, "whatever.example");
            return await connection.GetAsync() == Clients.Outcome.Ok && connection.Answer.EndsWith("payments\n", StringComparison.Ordinal);
        });
    }

    [Test]
    public async Task Reload_of_a_broken_file_is_refused_without_harm()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        await File.AppendAllTextAsync(hosts.HostA.ConfigFile, "      outbond: 127.0.0.1:1\n");

        hosts.HostA.Process.Signal(ProcessTable.Hangup);

        await Eventually.Until("the refusal is logged", () => hosts.HostA.Process.Errors.Contains("outbond", StringComparison.Ordinal));
        await hosts.UntilServedAsync();
        var after = await hosts.HostA.StatusAsync();
        Assert.That((after.Guard, after.Worker, after.Leases), Is.EqualTo((before.Guard, before.Worker, before.Leases)));
    }

    [Test]
    public async Task Invalid_registry_change_is_refused_with_every_error_and_the_last_good_stays()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        var file = Path.Combine(Mesh.Registry, "wrong.yaml");
        await File.WriteAllTextAsync(file, "kind: service-policy\nname: payments\nretriess: 3\n---\nkind: service-polisy\nname: web\n");

        var after = await hosts.HostA.UntilAsync(
            "the errors are shown", status => status.RegistryErrors.Contains("retriess", StringComparison.Ordinal));
        await hosts.UntilServedAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.RegistryErrors, Does.Contain("wrong.yaml").And.Contain("polisy"));
            Assert.That(after.Revision, Is.EqualTo(before.Revision));
        }

        File.Delete(file);
        await hosts.HostA.UntilAsync(
            "the errors are gone", status => !status.RegistryErrors.Contains("retriess", StringComparison.Ordinal));
    }

    [Test]
    public async Task Corrupt_snapshot_on_disk_is_logged_without_harm()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        hosts.HostA.Process.Signal(ProcessTable.Terminate);
        await hosts.HostA.Process.ExitAsync();
        var snapshots = Directory.GetFiles(Mesh.DataDir("host-a"), "*snapshot*", SearchOption.AllDirectories);
        Assert.That(snapshots, Is.Not.Empty);
        foreach (var snapshot in snapshots)
        {
            var bytes = await File.ReadAllBytesAsync(snapshot);
            bytes[bytes.Length / 2] ^= 0x01;
            await File.WriteAllBytesAsync(snapshot, bytes);
        }

        hosts.HostA.Start();

        await Eventually.Until(
            "it is logged",
            () => hosts.HostA.Process.Errors.Contains(snapshots[0], StringComparison.Ordinal),
            () => Task.FromResult(hosts.HostA.Process.Tail(40)));
        await hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
        await hosts.UntilServedAsync();
    }
}
