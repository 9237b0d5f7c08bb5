using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Agents;
using Microsoft.Extensions.Time.Testing;
using ConsulAgent = GatewayMesh.Registry.Consul.Agents.ConsulAgent;

namespace GatewayMesh.Registry.Tests.Consul.Agents;

internal sealed class ConsulAgentsTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task A_read_goes_to_the_next_agent_when_the_first_is_gone_and_returns_after_a_while()
    {
        using var home = new StandInAgent();
        using var other = new StandInAgent();
        using var agents = Open(Gone(), other.Address);
        Assert.That((await agents.GetAsync("/v1/x", default)).Agent, Is.SameAs(agents.All[1]));

        using var again = Open(home.Address, other.Address);
        home.Answer = _ => StandInAgent.Whole(500, "No cluster leader");
        Assert.That((await again.GetAsync("/v1/x", default)).Agent, Is.SameAs(again.All[1]), "an agent without servers counts as gone");
        home.Answer = _ => StandInAgent.Ok("[]");
        Assert.That((await again.GetAsync("/v1/x", default)).Agent, Is.SameAs(again.All[1]), "reads stay at the agent that answered");
        _time.Advance(ConsulAgents.HomeAgain);
        Assert.That((await again.GetAsync("/v1/x", default)).Agent, Is.SameAs(again.Home));
    }

    [Test]
    public async Task The_first_error_is_the_answer_when_every_agent_has_an_error()
    {
        using var home = new StandInAgent { Answer = _ => StandInAgent.Whole(500, "No cluster leader") };
        using var other = new StandInAgent { Answer = _ => StandInAgent.Whole(503, "busy") };
        using var agents = Open(home.Address, other.Address);
        var answer = await agents.GetAsync("/v1/x", default);
        Assert.That((answer.Status, answer.Describe()), Is.EqualTo((500, $"{home.Address.Authority} answered 500: No cluster leader")));
    }

    [Test]
    public void The_error_names_the_first_agent_when_no_agent_answers()
    {
        var gone = Gone();
        using var agents = Open(gone, Gone());
        Assert.That(
            async () => await agents.GetAsync("/v1/x", default),
            Throws.InstanceOf<IOException>().With.Message.StartsWith($"{gone.Authority} cannot be reached"));
    }

    [Test]
    public async Task Writes_stay_with_the_home_agent_until_it_has_been_gone_for_a_minute()
    {
        using var other = new StandInAgent();
        using var agents = Open(Gone(), other.Address);
        Assert.That(async () => await agents.PutAsync("/v1/x", default, default), Throws.InstanceOf<IOException>());
        _time.Advance(ConsulAgents.HomeGone - TimeSpan.FromSeconds(1));
        Assert.That(agents.Writer, Is.SameAs(agents.Home));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await agents.PutAsync("/v1/x", default, default)).Agent, Is.SameAs(agents.All[1]));
    }

    [Test]
    public async Task Writes_return_to_the_home_agent_when_it_answers_again()
    {
        var address = Gone();
        using var agents = Open(address);
        Assert.That(async () => await agents.PutAsync("/v1/x", default, default), Throws.InstanceOf<IOException>());
        _time.Advance(ConsulAgents.HomeGone);
        Assert.That(agents.Writer, Is.SameAs(agents.Home), "there is no other agent");
        using var back = new TcpListener(IPAddress.Loopback, address.Port);
        back.Start();
        var request = agents.PutAsync("/v1/x", default, default);
        using var client = await back.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync(StandInAgent.Ok(""));
        _ = await request;
        Assert.That(agents.Home.GoneFor, Is.Null);
    }

    [Test]
    public async Task A_request_to_a_silent_agent_times_out()
    {
        using var home = new StandInAgent { Answer = _ => null };
        using var agents = Open(home.Address);
        var read = agents.GetAsync("/v1/x", default);
        while (!home.Requests.Any())
        {
            await Task.Delay(5);
        }

        _time.Advance(ConsulAgent.Patience);
        Assert.That(async () => await read, Throws.InstanceOf<IOException>().With.Message.Contain("did not answer within 5 s"));
    }

    [Test]
    public void A_cancelled_call_does_not_mark_the_agent_as_unreachable()
    {
        using var home = new StandInAgent { Answer = _ => null };
        using var agents = Open(home.Address);
        using var cancel = new CancellationTokenSource(50);
        Assert.That(async () => await agents.GetAsync("/v1/x", cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(agents.Home.GoneFor, Is.Null);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_fifo_in_place_of_the_token_file_leaves_the_last_token_in_use(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        using var home = new StandInAgent();
        Fifo.Make(folder["never"]);
        using var never = new ConsulAgents(new ConsulAccess { Agents = [home.Address], TokenFile = folder["never"] }, _time);
        Assert.That(
            async () => await never.GetAsync("/v1/x", cancellationToken),
            Throws.InstanceOf<IOException>().With.Message.Contain("is a FIFO, not a regular file"));

        folder.Write("token", "secret");
        using var agents = new ConsulAgents(new ConsulAccess { Agents = [home.Address], TokenFile = folder["token"] }, _time);
        _ = await agents.GetAsync("/v1/x", cancellationToken);
        File.Delete(folder["token"]);
        Fifo.Make(folder["token"]);
        _ = await agents.GetAsync("/v1/x", cancellationToken);

        Assert.That(home.Requests.Count(request => request.Contains("X-Consul-Token: secret", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    [Test]
    public void An_answer_larger_than_the_limit_is_refused_before_it_is_read()
    {
        using var home = new StandInAgent { Answer = _ =>
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {AnswerBody.MaxRead + 1}\r\n\r\n[") };
        using var agents = Open(home.Address);
        Assert.That(
            async () => await agents.GetAsync("/v1/x", default),
            Throws.InstanceOf<IOException>().With.Message.Contain("larger than 256 MiB"));
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[]", Description = "truncated")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n[]")]
    [TestCase("SSH-2.0-OpenSSH\r\n\r\n")]
    public void An_invalid_answer_is_an_error_of_the_agent(string bytes)
    {
        using var home = new StandInAgent { Answer = _ => Encoding.ASCII.GetBytes(bytes) };
        using var agents = Open(home.Address);
        using var limit = new CancellationTokenSource();
        var read = agents.GetAsync("/v1/x", limit.Token);
        _ = Task.Run(async () =>
        {
            while (!read.IsCompleted)
            {
                _time.Advance(ConsulAgent.Patience);
                await Task.Delay(20);
            }
        });
        Assert.That(async () => await read, Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task A_redirect_is_an_answer_like_any_other()
    {
        using var home = new StandInAgent { Answer = _ => StandInAgent.Whole(307, "", "Location: http://127.0.0.1:1/\r\n") };
        using var agents = Open(home.Address);
        Assert.That((await agents.GetAsync("/v1/x", default)).Status, Is.EqualTo(307));
    }

    [Test]
    public async Task The_index_is_read_from_the_answer()
    {
        using var home = new StandInAgent
        {
            Answer = head =>
                StandInAgent.Ok(
                    "[]", head.Contains("/v1/with ", StringComparison.Ordinal) ? "X-Consul-Index: 17\r\n" : "X-Consul-Index: none\r\n"),
        };
        using var agents = Open(home.Address);
        Assert.That((await agents.GetAsync("/v1/with", default)).Index, Is.EqualTo(17));
        Assert.That((await agents.GetAsync("/v1/without", default)).Index, Is.Null);
    }

    [Test]
    public async Task A_token_file_is_reloaded_when_it_changes()
    {
        using var folder = new TemporaryFolder();
        folder.Write("token", "one\n");
        using var home = new StandInAgent();
        using var agents = new ConsulAgents(
            new ConsulAccess { Agents = [home.Address], Token = "unused", TokenFile = folder["token"] }, _time);
        _ = await agents.GetAsync("/v1/x", default);
        folder.Write("token", "another\n");
        _ = await agents.PutAsync("/v1/x", default, default);
        File.Delete(folder["token"]);
        _ = await agents.DeleteAsync("/v1/x", default);
        Assert.That(home.Requests.Select(TokenIn), Is.EqualTo(new[] { "one", "another", "another" }));
    }

    [Test]
    public async Task A_real_agent_accepts_the_token_and_refuses_a_missing_one()
    {
        await using var consul = await Fixtures.ConsulAgent.StartAsync(new ConsulAgentOptions { Acl = true });
        using var agents = new ConsulAgents(
            new ConsulAccess { Agents = [new Uri($"http://{consul.Address}")], Token = Fixtures.ConsulAgent.ManagementToken },
            TimeProvider.System);
        using var without = Open(new Uri($"http://{consul.Address}"));
        Assert.That((await agents.GetAsync("/v1/agent/self", default)).Status, Is.EqualTo(200));
        Assert.That((await without.GetAsync("/v1/agent/self", default)).Describe(), Does.Contain("answered 403: Permission denied"));
    }

    private static string? TokenIn(string head) =>
        head.Split("\r\n").FirstOrDefault(
            line => line.StartsWith("X-Consul-Token: ", StringComparison.Ordinal))?["X-Consul-Token: ".Length..];

    private static Uri Gone()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }

    private ConsulAgents Open(params Uri[] agents) => new(new ConsulAccess { Agents = [.. agents] }, _time);
}
