using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Startup;
using GatewayMesh.Terminal;

namespace GatewayMesh.Tests.Startup;

internal sealed class RequiredRegistryTests
{
    [Test]
    public void Required_registry_exits_with_4_without_registry_and_snapshot()
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-").FullName;
        try
        {
            var options = new BootstrapOptions
            {
                Role = "gateway",
                Registry = $"file:{folder}/registry",
                DataDir = $"{folder}/data",
                RequireRegistry = true,
            };
            Assert.That(RoleHost.Run(options, TimeProvider.System), Is.EqualTo(ExitCode.Registry));
            Assert.That(Directory.Exists($"{folder}/data"), Is.False, "nothing was started");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
