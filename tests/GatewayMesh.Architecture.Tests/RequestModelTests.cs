namespace GatewayMesh.Architecture.Tests;

/// <summary>
/// The pipeline works on heads of its own. Kestrel, YARP, and the HTTP client are behind adapters, so that each can be replaced.
/// </summary>
public sealed class RequestModelTests
{
    private const string Proxy = "GatewayMesh.Proxy";

    // Adapters of servers and clients, and the connections that they serve.
    private static readonly string[] Adapters = ["Listeners", "Forwarding", "Upstreams", "Edge"];

    private static readonly string[] Viewers = ["Identity", "Routing", "LoadBalancing", "Telemetry"];

    private TypeGraph _graph = null!;

    [OneTimeSetUp]
    public void Open() => _graph = new TypeGraph(Path.Combine(AppContext.BaseDirectory, "GatewayMesh.Proxy.dll"));

    [OneTimeTearDown]
    public void Close() => _graph.Dispose();

    [Test]
    public void Only_adapters_use_a_web_server_a_forwarder_or_the_HTTP_client() =>
        Assert.That(_graph.AssemblyUses(space => IsProxy(space) && !IsAdapter(space), IsForeign), Is.Empty);

    [TestCase("Listeners")]
    [TestCase("Forwarding")]
    public void The_check_sees_an_adapter_that_uses_one(string adapter) =>
        Assert.That(_graph.AssemblyUses(space => space == $"{Proxy}.{adapter}", IsForeign), Is.Not.Empty);

    [Test]
    public void Identity_routing_hashing_and_telemetry_see_narrow_views_of_a_request() =>
        Assert.That(_graph.ReferencesTo(IsViewer, $"{Proxy}.Pipeline.Exchange"), Is.Empty);

    [Test]
    public void The_check_sees_a_step_that_uses_the_whole_exchange() =>
        Assert.That(_graph.ReferencesTo(type => type == $"{Proxy}.Pipeline.CallerStep", $"{Proxy}.Pipeline.Exchange"), Is.Not.Empty);

    private static bool IsViewer(string type) =>
        Array.Exists(Viewers, viewer => type.StartsWith($"{Proxy}.{viewer}.", StringComparison.Ordinal));

    private static bool IsProxy(string space) => space == Proxy || space.StartsWith(Proxy + ".", StringComparison.Ordinal);

    private static bool IsAdapter(string space) => Array.Exists(
        Adapters, adapter => space == $"{Proxy}.{adapter}" || space.StartsWith($"{Proxy}.{adapter}.", StringComparison.Ordinal));

    private static bool IsForeign(string assembly) =>
        assembly is "System.Net.Http"
        || assembly.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        || assembly.StartsWith("Yarp", StringComparison.Ordinal);
}
