using GatewayMesh.Client.Tests.Rig;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GatewayMesh.Client.Tests.Settings;

/// <summary>The handler under clients of IHttpClientFactory.</summary>
public sealed class HttpClientBuilderTests
{
    [Test]
    public async Task A_client_of_the_factory_goes_through_the_mesh()
    {
        using var gateway = ScriptedGateway.Carrying();
        var services = new ServiceCollection();
        services.AddHttpClient("payments", client => client.BaseAddress = new("http://payments")).AddGatewayMesh(options =>
        {
            options.Outbound = ScriptedServer.ClosedPort();
            options.Service = "web";
            options.Gateways.Add(gateway.Address);
            options.TunnelTimeout = TimeSpan.FromSeconds(5);
        });
        await using var provider = services.BuildServiceProvider();

        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("payments");

        Assert.That(await client.GetStringAsync(new Uri("/charges", UriKind.Relative)), Is.EqualTo("by the gateway"));
    }

    [Test]
    public async Task Two_clients_have_separate_options_and_options_may_come_from_a_section()
    {
        using var one = ScriptedServer.Answering("one");
        using var two = ScriptedServer.Answering("two");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Mesh:Outbound"] = two.Address })
            .Build();
        var services = new ServiceCollection();
        services.AddHttpClient("one").AddGatewayMesh(options => options.Outbound = one.Address);
        services.AddHttpClient("two").AddGatewayMesh(configuration.GetSection("Mesh"));
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        using var first = factory.CreateClient("one");
        using var second = factory.CreateClient("two");

        Assert.That(
            (await first.GetStringAsync(new Uri("http://a/")), await second.GetStringAsync(new Uri("http://a/"))),
            Is.EqualTo(("one", "two")));
    }

    [Test]
    public void Invalid_options_are_reported_at_application_start()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("one").AddGatewayMesh(options => options.Outbound = "nonsense");
        services.AddHttpClient("two").AddGatewayMesh(options => options.Outbound = "127.0.0.1:1");
        using var provider = services.BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.That(failure!.OptionsName, Is.EqualTo("one"));
    }

    [Test]
    public void An_https_address_is_refused_with_the_reason()
    {
        using var client = new TestClient("127.0.0.1:1");
        Assert.That(
            async () => await client.Http.GetAsync(new Uri("https://payments/")),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("between sidecars"));
    }
}
