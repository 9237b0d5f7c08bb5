using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Tests.Consul.Watching;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Live;

/// <summary>Publication errors are visible at the node and in its status.</summary>
internal sealed class NodePublisherTests
{
    [Test]
    public async Task A_record_too_large_for_other_nodes_is_an_error_of_this_node()
    {
        using var folder = new TemporaryFolder();
        await using var registry = new FileRegistry(folder.Path, TimeProvider.System);
        await using var publisher = new NodePublisher(registry, () => Record(300), new FakeTimeProvider());

        await publisher.PublishAsync();

        Assert.That(publisher.Error!.Message, Does.Contain("other nodes read at most 16 KiB"));
    }

    [Test]
    public void The_record_of_a_node_with_a_hundred_services_is_readable() =>
        Assert.That(NodeRecordText.Write(Record(100)), Has.Length.LessThanOrEqualTo(NodeRecordText.MaxBytes));

    [Test]
    public async Task An_unwritable_folder_is_an_error_until_it_is_writable()
    {
        using var folder = new TemporaryFolder();
        folder.Write("nodes", "a file where the folder should be");
        await using var registry = new FileRegistry(folder.Path, TimeProvider.System);
        await using var publisher = new NodePublisher(registry, () => Record(1), new FakeTimeProvider());
        await publisher.PublishAsync();
        Assert.That(publisher.Error, Is.Not.Null);

        File.Delete(folder["nodes"]);
        await publisher.PublishAsync();
        Assert.That(publisher.Error, Is.Null);
    }

    [Test]
    public async Task A_read_only_token_is_an_error_of_this_node_and_leaves_it_synced()
    {
        await using var agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { Acl = true });
        _ = await agent.PutAsync(
            "/v1/acl/policy",
            """{"Name":"reads","Rules":"service_prefix \"\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" } key_prefix \"\" { policy = \"read\" } operator = \"read\""}""");
        const string Token = "0b6b1a4e-2f6e-4e0a-9c3a-0d6f3b8f1c22";
        _ = await agent.PutAsync("/v1/acl/token", $$"""{"SecretID":"{{Token}}","Policies":[{"Name":"reads"}]}""");
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], token: Token);
        await using var publisher = new NodePublisher(mesh.Registry, () => Records.Sidecar("reader"), new FakeTimeProvider());

        await publisher.PublishAsync();

        Assert.That(publisher.Error!.ToString(), Does.Contain("could not be published").And.Contain("403"));
        await mesh.HoldsAsync(live => live.Reached == true, "the node reads");
    }

    private static NodeRecord Record(int services) => Records.Sidecar("host-a") with
    {
        Services =
        [
            .. Enumerable.Range(1, services)
                .Select(number => new NodeService($"service-{number}", $"service-{number}-host-a", new HostPort("10.0.0.1", number), Healthy: true)
            {
                Application = new HostPort("10.0.0.1", 10_000 + number),
            }),
        ],
    };
}
