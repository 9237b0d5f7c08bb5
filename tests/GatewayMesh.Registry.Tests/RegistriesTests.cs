using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Bootstrap;

namespace GatewayMesh.Registry.Tests;

internal sealed class RegistriesTests
{
    [TestCase("file:/etc/gatewaymesh/registry", "file:/etc/gatewaymesh/registry")]
    [TestCase("file:///etc/gatewaymesh/registry", "file:/etc/gatewaymesh/registry")]
    [TestCase("consul://127.0.0.1:1", "consul://127.0.0.1:1")]
    [TestCase("consul+https://127.0.0.1", "consul://127.0.0.1:8501")]
    [TestCase("kubernetes://", "kubernetes://")]
    [TestCase("kubernetes:///etc/kubeconfig", "kubernetes:///etc/kubeconfig")]
    [TestCase("kubernetes:///etc/kubeconfig#arn:aws:eks:eu:1:cluster/shop", "kubernetes:///etc/kubeconfig#arn:aws:eks:eu:1:cluster/shop")]
    public async Task Every_form_of_registry_uri_opens_a_registry_of_that_name(string uri, string name)
    {
        var bootstrap = BootstrapFile.Load(
            null, BootstrapOptions.None with { Role = "gateway", Registry = uri }, new Dictionary<string, string>(), out var errors);
        Assert.That(errors, Is.Empty);
        await using var registry = Registries.Open(bootstrap!, TimeProvider.System);
        Assert.That(registry.Name, Is.EqualTo(name));
    }

    [Test]
    public void Every_kind_in_the_table_has_its_own_name() =>
        Assert.That(Registries.Kinds.Select(kind => kind.Name), Is.EqualTo(new[] { "file", "consul", "kubernetes" }));
}
