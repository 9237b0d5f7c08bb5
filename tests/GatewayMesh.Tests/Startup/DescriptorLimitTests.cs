using GatewayMesh.Startup;
using GatewayMesh.Terminal;

namespace GatewayMesh.Tests.Startup;

internal sealed class DescriptorLimitTests
{
    [Test]
    public void A_limit_of_descriptors_below_1024_is_refused_with_the_reason_and_the_fix() =>
        Assert.That(
            () => RoleHost.RequireDescriptors(1023),
            Throws.InstanceOf<RoleFailure>()
                .With.Property("ExitCode")
                .EqualTo(ExitCode.Usage)
                .And.Message.Contains("RLIMIT_NOFILE")
                .And.Message.Contains("LimitNOFILE=65536"));

    [Test]
    public void A_limit_of_1024_is_enough() => Assert.That(() => RoleHost.RequireDescriptors(1024), Throws.Nothing);
}
