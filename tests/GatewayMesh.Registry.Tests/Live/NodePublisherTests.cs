using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Tests.Consul.Watching;

namespace GatewayMesh.Registry.Tests.Live;

/// <summary>A node that cannot write to its registry knows, and so does who asks it.</summary>
internal sealed class NodePublisherTests
{
    [Test]
    public async Task A_record_that_others_would_not_read_is_an_error_of_this_node()
    {
        using var folder = new TemporaryFolder();
        await using var registry = new FileRegistry(folder.Path, TimeProvider.System);
        await using var publisher = new NodePublisher(registry, () => Record(300), new ManualTime());

        await publisher.PublishAsync();

        Assert.That(publisher.Error!.Message, Does.Contain("others read 16 KiB at most"));
    }

    [Test]
    public void A_node_of_a_hundred_services_has_a_record_that_others_read() =>
        Assert.That(NodeRecordText.Write(Record(100)), Has.Length.LessThanOrEqualTo(NodeRecordText.MaxBytes));

    [Test]
    public async Task A_folder_that_cannot_be_written_to_is_an_error_until_it_can()
    {
        using var folder = new TemporaryFolder();
        folder.Write("nodes", "a file where the folder should be");
        await using var registry = new FileRegistry(folder.Path, TimeProvider.System);
        await using var publisher = new NodePublisher(registry, () => Record(1), new ManualTime());
        await publisher.PublishAsync();
        Assert.That(publisher.Error, Is.Not.Null);

        File.Delete(folder["nodes"]);
        await publisher.PublishAsync();
        Assert.That(publisher.Error, Is.Null);
    }

    [Test]
    public async Task A_token_that_may_read_and_not_write_is_an_error_of_this_node_and_leaves_it_in_step()
    {
        await using var agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { Acl = true });
        _ = await agent.PutAsync("/v1/acl/policy", """{"Name":"reads","Rules":"service_prefix \"\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" } key_prefix \"\" { policy = \"read\" } operator = \"read\""}""");
        const string Token = "0b6b1a4e-2f6e-4e0a-9c3a-0d6f3b8f1c22";
        _ = await agent.PutAsync("/v1/acl/token", $$"""{"SecretID":"{{Token}}","Policies":[{"Name":"reads"}]}""");
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], token: Token);
        await using var publisher = new NodePublisher(mesh.Registry, () => Records.Sidecar("reader"), new ManualTime());

        await publisher.PublishAsync();

        Assert.That(publisher.Error!.ToString(), Does.Contain("could not be published").And.Contain("403"));
        await mesh.HoldsAsync(live => live.Reached == true, "it reads");
    }

    private static NodeRecord Record(int services) => Records.Sidecar("host-a") with
    {
        Services =
        [
            .. Enumerable.Range(1, services).Select(number => new NodeService($"service-{number}", $"service-{number}-host-a", new HostPort("10.0.0.1", number), Healthy: true)
            {
                Application = new HostPort("10.0.0.1", 10_000 + number),
            }),
        ],
    };
}
