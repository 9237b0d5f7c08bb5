using System.Net;
using System.Net.Sockets;
using GatewayMesh.Drills.Scenarios;

namespace GatewayMesh.Tests.Drills.Scenarios;

/// <summary>The application of a scenario, over a real socket.</summary>
internal sealed class ScenarioApplicationTests
{
    [TestCase(0.0, HttpStatusCode.OK)]
    [TestCase(1.0, HttpStatusCode.ServiceUnavailable)]
    public async Task Application_answers_with_its_name_and_counts(double failing, HttpStatusCode status)
    {
        var port = FreePort();
        using var application = new ScenarioApplication(
            "v1", port, new ApplicationBehavior(TimeSpan.FromMilliseconds(1)) { Failing = failing, Workers = 1 }, TimeProvider.System);
        using var client = new HttpClient();
        using var first = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/work"));
        using var second = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/work"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.StatusCode, second.StatusCode), Is.EqualTo((status, status)));
            Assert.That(first.Headers.GetValues(ScenarioApplication.NameField), Is.EqualTo(["v1"]));
            Assert.That(application.Requests, Is.EqualTo(2));
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
