using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Fixtures;
using GatewayMesh.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Tests.Nodes;

/// <summary>A node without a guard leaves the mesh before it stops, by the clock of the node.</summary>
internal sealed class NodeDrainTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(2);

    private readonly FakeTimeProvider _time = new();
    private string _folder = null!;
    private EventLog _events = null!;
    private MeshNode _node = null!;
    private NodeDrain _drain = null!;

    private string Record => Path.Combine(_folder, "registry", "nodes", "gateway-1.yaml");

    [SetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("gatewaymesh-").FullName;
        _ = Directory.CreateDirectory(Path.Combine(_folder, "registry"));
        var bootstrap = new BootstrapSpec
        {
            Role = MeshRole.Gateway,
            Node = "gateway-1",
            DataDir = _folder,
            RunDir = _folder,
            Registry = new RegistrySpec("file", Path.Combine(_folder, "registry")),
            Identity = IdentityMode.Plaintext,
            Gateway = new GatewaySpec(),
            DrainDelay = Delay,
        };
        _events = new EventLog("gateway-1", "gateway", Stream.Null, _time);
        _node = new MeshNode(bootstrap, ImmutableSortedDictionary<string, int>.Empty, _events, null, _time);
        _drain = new NodeDrain(_node, _events);
        await _node.StartAsync();
        await _node.Configuration.Answered;
        _node.Serve(true);
        await _node.Publisher.PublishAsync();
        Assert.That(Record, Does.Exist);
    }

    [TearDown]
    public async Task Stop()
    {
        _drain.Dispose();
        await _node.DisposeAsync();
        _events.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Drain_withdraws_the_node_and_then_waits_for_the_delay_of_the_bootstrap()
    {
        var began = _time.GetTimestamp();
        var drain = _drain.DrainAsync();
        await Eventually.Until("the node is withdrawn", () => !File.Exists(Record));
        Assert.That((drain.IsCompleted, _drain.IsDrained), Is.EqualTo((false, true)));

        _time.Advance(Delay - TimeSpan.FromSeconds(1));
        Assert.That(drain.IsCompleted, Is.False, "the delay is not over");
        await Eventually.Until(
            "the delay is over",
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return drain.IsCompleted;
            });
        Assert.That(_time.GetElapsedTime(began), Is.GreaterThanOrEqualTo(Delay));
        await drain;
    }

    [Test]
    public async Task Node_that_returns_is_published_again()
    {
        var drain = _drain.DrainAsync();
        var back = _drain.UndrainAsync();
        await Eventually.Until(
            "the node is back after its drain",
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                return back.IsCompleted;
            });
        Assert.That((drain.IsCompletedSuccessfully, back.IsCompletedSuccessfully), Is.EqualTo((true, true)));
        Assert.That((_drain.IsDrained, File.Exists(Record)), Is.EqualTo((false, true)));
    }
}
