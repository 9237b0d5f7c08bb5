using System.Globalization;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>A thousand services, more than can be watched.</summary>
public sealed class ManyServicesTests
{
    private const int Services = 1000;

    private ConsulAgent _agent = null!;

    // Consul allows 200 connections per address, and the node may not be alone at its address. Each test has its own agent, because
    // abandoned connections count for half a minute.
    [SetUp]
    public async Task RegisterAll()
    {
        _agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { MaxConnectionsPerClient = 130 });
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Services).SelectMany(Registrations),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (service, _) =>
            await _agent.PutAsync("/v1/catalog/register", $$"""{"Node":"elsewhere","Address":"10.0.0.1","Service":{{service}} }"""));
    }

    [TearDown]
    public async Task StopAgent() => await _agent.DisposeAsync();

    [Test]
    public async Task A_gateway_discovers_all_services_by_rotation_within_its_connection_limit()
    {
        await using var mesh = ConsulMesh.Open(_agent.Registry);
        await mesh.HoldsAsync(live => live.Current.Services.Count == Services, "every name is known");
        await mesh.HoldsAsync(
            live => live.Current.Services.Values.All(service => service.Endpoints.Length == 1), "every instance is known");

        Assert.That(mesh.Live.Errors, Is.Empty, "the connection limit holds");
        Assert.That(mesh.Live.Current.Services.Values.Count(service => !service.IsDormant), Is.LessThanOrEqualTo(100));
    }

    [Test]
    public async Task A_sidecar_reads_requested_services_within_its_connection_limit()
    {
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["service-7"]);
        await mesh.EndpointsAreAsync("service-7", "service-7-1@10.0.0.1:20007");
        await mesh.HoldsAsync(live => live.Current.Services.Count == Services, "every name is known");
        Assert.That(mesh.Live.Current.Services.Values.Single(service => !service.IsDormant).Name, Is.EqualTo("service-7"));

        var slowest = TimeSpan.Zero;
        foreach (var number in Enumerable.Range(100, 200))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"service-{number}");
            var began = TimeProvider.System.GetTimestamp();
            mesh.Registry.Want(name);
            await mesh.HoldsAsync(live => live.Current.Services[name] is { IsDormant: false, Endpoints.Length: 1 }, $"{name} is known");
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, TimeProvider.System.GetElapsedTime(began).Ticks));
        }

        await TestContext.Out.WriteLineAsync($"the slowest first look took {slowest.TotalMilliseconds:0} ms");
        Assert.That(mesh.Live.Current.Services["service-7"].IsDormant, Is.False, "a declared service keeps its watch");
        Assert.That(mesh.Live.Current.Services["service-100"].Endpoints, Has.Length.EqualTo(1), "known instances are kept");
        Assert.That(mesh.Live.Errors, Is.Empty);
    }

    private static IEnumerable<string> Registrations(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"service-{number}");
        var port = (20000 + number).ToString(CultureInfo.InvariantCulture);
        yield return $$"""{"ID":"{{name}}-1","Service":"{{name}}","Port":1}""";
        yield return $$$"""{"Kind":"connect-proxy","ID":"{{{name}}}-1-sidecar-proxy","Service":"{{{name}}}-sidecar-proxy","Port":{{{port}}},"Proxy":{"DestinationServiceName":"{{{name}}}","DestinationServiceID":"{{{name}}}-1"} }""";
    }
}
