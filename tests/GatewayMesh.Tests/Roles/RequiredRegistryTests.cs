using GatewayMesh.Commands;
using GatewayMesh.Roles;

namespace GatewayMesh.Tests.Roles;

internal sealed class RequiredRegistryTests
{
    [Test]
    public void A_role_that_requires_its_registry_ends_with_4_when_neither_that_nor_a_last_good_snapshot_is_there()
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-").FullName;
        try
        {
            var options = new RoleOptions { Role = "gateway", Registry = $"file:{folder}/registry", DataDir = $"{folder}/data", RequireRegistry = true };
            Assert.That(RoleHost.Run(options), Is.EqualTo(ExitCode.Registry));
            Assert.That(Directory.Exists($"{folder}/data"), Is.False, "nothing was started");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
