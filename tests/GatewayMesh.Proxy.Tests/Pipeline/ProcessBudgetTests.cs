using GatewayMesh.Configuration.Policies;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>Retry budget shared by all services of a process.</summary>
public class ProcessBudgetTests
{
    [TestCase(10, 0)]
    [TestCase(0, 1)]
    public async Task The_process_budget_has_the_terms_of_the_policy_for_all_services(int minPerSecond, int leastFailures)
    {
        using var alive = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Policy(
            PolicyModel.Default with
            {
                Retries = PolicyModel.Default.Retries with { Budget = new() { Ratio = 0, MinPerSecond = minPerSecond } },
            });
        mesh.Service(
            "payments", PolicyModel.Default with { Ejection = new() { ConsecutiveFailures = 1000 } }, Backend.ClosedPort(), alive.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        var failures = 0;
        for (var i = 0; i < 40; i++)
        {
            failures += (await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status == 200 ? 0 : 1;
        }

        Assert.That(failures, leastFailures == 0 ? Is.Zero : Is.GreaterThanOrEqualTo(leastFailures));
    }
}
