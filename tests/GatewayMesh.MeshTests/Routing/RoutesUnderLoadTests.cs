using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Backends;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Routing;

/// <summary>Routers, splitters and resolvers change under load: the new route takes effect, and no request fails.</summary>
public sealed class RoutesUnderLoadTests : MeshTest
{
    private const string Defaults = """{"Kind":"service-defaults","Name":"NAME","Protocol":"http"}""";
    private const string Subsets =
        """{"Kind":"service-resolver","Name":"payments","Subsets":{"v2":{"Filter":"Service.Meta.version == v2"}}}""";
    private const string Router =
        """{"Kind":"service-router","Name":"payments","Routes":[{"Match":{"HTTP":{"PathPrefix":"/"}},"Destination":{"Service":"payments","ServiceSubset":"v2","RequestTimeout":"20s"}}]}""";
    private const string Splitter =
        """{"Kind":"service-splitter","Name":"payments","Splits":[{"Weight":50,"ServiceSubset":"v2"},{"Weight":50,"Service":"ledger"}]}""";
    private const string Redirect = """{"Kind":"service-resolver","Name":"payments","Redirect":{"Service":"ledger"}}""";
    private const string Failover =
        """{"Kind":"service-resolver","Name":"payments","DefaultSubset":"none","Subsets":{"none":{"Filter":"Service.Meta.version == none"}},"Failover":{"*":{"Service":"ledger"}}}""";

    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public async Task Each_route_change_takes_effect_and_fails_no_request(RegistryKind registry)
    {
        var (v2, ledger) = (Mesh.AddBackend("v2"), Mesh.AddBackend("ledger"));
        var hostC = Mesh.AddSidecar("host-c",
            $"""
            - name: payments
              port: {v2.Port}
              inbound: {FreePorts.Loopback()}
              meta: {"{"} version: v2 {"}"}
            - name: ledger
              port: {ledger.Port}
              inbound: {FreePorts.Loopback()}
            """);
        var hosts = await TwoHosts.StartAsync(Mesh, registry: registry);
        Assert.That(hostC.Starts, Is.Not.Empty);
        await using var load = hosts.Load();
        await load.UntilServedAsync(250);
        var defaults = new[]
        {
            Defaults.Replace("NAME", "payments", StringComparison.Ordinal),
            Defaults.Replace("NAME", "ledger", StringComparison.Ordinal),
        };

        await WriteAsync([.. defaults, Subsets, Router]);
        await UntilOnlyAsync("the router leads to the subset", [v2], [hosts.Payments, ledger]);
        var (code, explained, _) = await MeshProcess.RunAsync(
            null, "explain", "GET", "http://payments/x", "--admin", hosts.HostA.Admin.ToString());
        Assert.That(code, Is.Zero, explained);
        Assert.That(
            explained,
            Does.Contain("payments.default[0] path begins with /: matches").And.Match(
                "target +v2\\.payments\\.default\\.[a-z0-9]+: healthy, chosen"));
        Assert.That(explained, Does.Contain("20000 ms for the request"));

        await RemoveAsync("service-router");
        await WriteAsync([.. defaults, Subsets, Splitter]);
        await UntilOnlyAsync("the splitter shares between subset and another service", [v2, ledger], [hosts.Payments]);

        await RemoveAsync("service-splitter");
        await WriteAsync([.. defaults, Redirect]);
        await UntilOnlyAsync("the redirect leads to another service", [ledger], [hosts.Payments, v2]);

        await WriteAsync([.. defaults, Failover]);
        await UntilOnlyAsync("a subset without an instance gives way to its failover", [ledger], [hosts.Payments, v2]);

        await RemoveAsync("service-resolver");
        await WriteAsync(defaults);
        await UntilOnlyAsync("the name leads to all of its own again", [hosts.Payments, v2], [ledger]);

        await load.UntilServedAsync(250);
        Assert.That((await load.StopAsync()).Failed, Is.Zero, load.Failures);
    }

    // With a folder the file replaces the previous set; with Consul each entry is written separately.
    private async Task WriteAsync(IReadOnlyList<string> entries)
    {
        if (Mesh.Consul is { } consul)
        {
            foreach (var entry in entries)
            {
                await consul.WriteEntryAsync(entry);
            }

            return;
        }

        var path = Path.Combine(Mesh.Registry, "routes.yaml");
        await File.WriteAllTextAsync(path + ".new", string.Join("\n---\n", entries)); // JSON is YAML
        File.Move(path + ".new", path, overwrite: true);
    }

    private async Task RemoveAsync(string kind)
    {
        if (Mesh.Consul is { } consul)
        {
            _ = await consul.DeleteAsync($"/v1/config/{kind}/payments");
        }
    }

    private static Task UntilOnlyAsync(string what, CountingBackend[] called, CountingBackend[] quiet) => Eventually.Until(what, async () =>
    {
        int[] before = [.. called.Select(backend => backend.Executions)];
        var still = quiet.Sum(backend => backend.Executions);
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        return called.Zip(before, (backend, count) => backend.Executions > count).All(more => more)
            && quiet.Sum(backend => backend.Executions) == still;
    }, () => Task.FromResult(JsonSerializer.Serialize(called.Concat(quiet).Select(backend => backend.Executions))));
}
