using GatewayMesh.Commands.Status;

namespace GatewayMesh.Tests.Commands.Status;

internal sealed class AdminAnswerTests
{
    [Test]
    public void A_refused_token_is_told_as_that_and_not_as_a_node_that_is_down()
    {
        var answer = new AdminAnswer(401, "", null);

        Assert.That(answer.Problem, Does.Contain("token"));
        Assert.That(answer.Fix, Does.Contain("--admin-token-file").And.Not.Contains("start the node"));
    }

    [Test]
    public void No_answer_at_all_is_a_node_that_is_down() =>
        Assert.That(new AdminAnswer(0, "", "connection refused"), Has.Property("Problem").EqualTo("connection refused").And.Property("Fix").Contains("start the node"));
}
