using System.Net;
using GatewayMesh.Client.Tests.Rig;
using Polly;
using Polly.Retry;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>
/// Attempts of one request across all layers: a retry strategy in front, this handler, and the attempt number for the mesh.
/// </summary>
public sealed class AttemptsTests
{
    private static readonly ResiliencePipeline<HttpResponseMessage> Eager = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                .Handle<HttpRequestException>()
                .HandleResult(answer => (int)answer.StatusCode >= 500),
            MaxRetryAttempts = 3,
            Delay = TimeSpan.Zero,
        })
        .Build();

    [Test]
    public async Task A_retry_strategy_in_front_does_not_multiply_attempts()
    {
        using var sidecar = ScriptedServer.Resetting();
        using var gateway = new ScriptedGateway((_, connection) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });
        using var client = new TestClient(sidecar.Address, [gateway.Address], around: inner => new Retrying(inner));

        await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync());

        Assert.That(
            sidecar.Executed.Concat(gateway.Executed).Select(request => request["gatewaymesh-attempt"]), Is.EqualTo(["1", "2", "3"]));
    }

    [Test]
    public async Task A_retry_strategy_in_front_keeps_counting_after_an_applications_answer()
    {
        using var sidecar = ScriptedServer.Answering("sorry", "", "500 Internal Server Error");
        using var client = new TestClient(sidecar.Address, around: inner => new Retrying(inner));

        await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync("GET"));

        Assert.That(sidecar.Executed.Select(request => request["gatewaymesh-attempt"]), Is.EqualTo(["1", "2", "3"]),
            "the fourth attempt is not sent");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_retry_strategy_in_front_runs_no_post_twice(bool answered)
    {
        using var sidecar = answered ? ScriptedServer.Answering("sorry", "", "500 Internal Server Error") : ScriptedServer.Resetting();
        using var client = new TestClient(sidecar.Address, around: inner => new Retrying(inner));

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync("POST", new StringContent("body")));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(sidecar.Executed, Has.Count.EqualTo(1));
            Assert.That(failure!.Refusal, Is.EqualTo(ReplayRefusal.NotIdempotent));
            Assert.That(GatewayMeshRetries.MayRetry(failure), Is.False);
        }
    }

    [Test]
    public async Task A_handler_in_front_may_answer_a_challenge_with_the_same_post()
    {
        using var sidecar = new ScriptedServer((request, connection) =>
            request["Authorization"] is null ? connection.AnswerAsync("who?", "", "401 Unauthorized") : connection.AnswerAsync("welcome"));
        using var client = new TestClient(sidecar.Address, around: inner => new Authenticating(inner));

        using var answer = await client.SendAsync("POST", new StringContent("body"));

        Assert.That((await answer.Content.ReadAsStringAsync(), sidecar.Executed.Last().Body), Is.EqualTo(("welcome", "body")));
    }

    [Test]
    public async Task An_attempt_number_of_the_caller_is_replaced()
    {
        using var sidecar = ScriptedServer.Answering();
        using var client = new TestClient(sidecar.Address);

        using var answer = await client.SendAsync("GET", null, request => request.Headers.Add("gatewaymesh-attempt", "99"));

        Assert.That(sidecar.Executed.Single()["gatewaymesh-attempt"], Is.EqualTo("1"));
    }

    [Test]
    public async Task A_request_fails_instead_of_being_retried_when_the_budget_is_spent()
    {
        using var sidecar = ScriptedServer.Resetting();
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);
        while (client.Budget.TryTake())
        {
        }

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync());

        Assert.That((failure!.Refusal, sidecar.Executed.Count, gateway.Executed.Count), Is.EqualTo((ReplayRefusal.BudgetSpent, 1, 0)));
    }

    [TestCase(1, 1)]
    [TestCase(5, 4)]
    public async Task A_request_has_at_most_as_many_attempts_as_configured(int max, int sent)
    {
        using var sidecar = ScriptedServer.Resetting();
        using var one = new ScriptedGateway((_, connection) => ResetAsync(connection));
        using var two = new ScriptedGateway((_, connection) => ResetAsync(connection));
        using var client = new TestClient(sidecar.Address, [one.Address, two.Address], options => options.MaxAttempts = max);

        await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync());

        Assert.That(sidecar.Executed.Count + one.Executed.Count + two.Executed.Count, Is.EqualTo(sent));
    }

    private static Task ResetAsync(ServerConnection connection)
    {
        connection.Reset();
        return Task.CompletedTask;
    }

    private sealed class Retrying(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Eager.ExecuteAsync(async token => await base.SendAsync(request, token), cancellationToken).AsTask();
    }

    private sealed class Authenticating(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
            {
                answer.Dispose();
                request.Headers.Authorization = new("Bearer", "token");
                answer = await base.SendAsync(request, cancellationToken);
            }

            return answer;
        }
    }
}
