using System.Diagnostics;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Startup;

namespace GatewayMesh.Tests.Startup;

internal sealed class BootstrapLoadTests
{
    [Test]
    [CancelAfter(60_000)]
    public void A_bootstrap_file_that_is_a_fifo_is_refused_without_a_wait(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-");
        var fifo = Path.Combine(folder.FullName, "host-a.yaml");
        using (var made = Process.Start("mkfifo", [fifo]))
        {
            made.WaitForExit();
        }

        Assert.That(
            () => BootstrapLoad.From(new BootstrapOptions { ConfigFile = fifo }),
            Throws.InstanceOf<RoleFailure>().With.Message.Contains("is a FIFO, not a regular file").And.Property("ExitCode").EqualTo(2));
        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
        folder.Delete(recursive: true);
    }
}
