using GatewayMesh.Terminal.Calls;

namespace GatewayMesh.Tests.Terminal.Calls;

internal sealed class AdminAnswerTests
{
    [Test]
    public void Refused_token_is_not_reported_as_a_dead_node()
    {
        var answer = new AdminAnswer(401, "", null);

        Assert.That(answer.Problem, Does.Contain("token"));
        Assert.That(answer.Fix, Does.Contain("--admin-token-file").And.Not.Contains("start the node"));
    }

    [Test]
    public void Missing_response_is_a_dead_node() =>
        Assert.That(
            new AdminAnswer(0, "", "connection refused"),
            Has.Property("Problem").EqualTo("connection refused").And.Property("Fix").Contains("start the node"));
}
