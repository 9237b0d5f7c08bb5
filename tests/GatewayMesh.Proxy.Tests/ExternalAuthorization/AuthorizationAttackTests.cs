using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Proxy.ExternalAuthorization;
using GatewayMesh.Proxy.Tests.Authorization;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.ExternalAuthorization;

/// <summary>Ways of a client around an authorization service, and of a policy's author into a node.</summary>
internal sealed class AuthorizationAttackTests
{
    private const string Alice = "GET / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n";

    private OAuthService _service = null!;
    private Backend _backend = null!;

    [SetUp]
    public void Make() => (_service, _backend) = (new OAuthService(), Backend.Answering("ok"));

    [TearDown]
    public void End()
    {
        _service.Dispose();
        _backend.Dispose();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_field_with_any_byte_reaches_the_service_as_it_is(bool failOpen)
    {
        await using var mesh = await Start(model => model with { FailOpen = failOpen });
        using var client = await RawConnection.To(mesh.Inbound(_backend.HostPort));

        var forged = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\nCookie: session=\xE9\r\n\r\n");
        Assert.That((forged.Status, _service.Asked, _backend.Executed), Is.EqualTo((302, 1, 0)));
        Assert.That(_service.Last["Cookie"], Is.EqualTo("session=\xE9"));

        var honest = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\nCookie: name=\xC3\xA9; session=alice-1\r\n\r\n");
        Assert.That((honest.Status, _service.Last["Cookie"]), Is.EqualTo((200, "name=\xC3\xA9; session=alice-1")));
    }

    [TestCase("HTTP/1.1 403 Forbidden\r\nContent-Length: 999\r\n\r\nx", 403, Description = "the body of a denial breaks off")]
    [TestCase("nonsense\r\n\r\n", 503)]
    [TestCase("HTTP/1.1 200 OK\r\nX-User: a\u0001b\r\n\r\n", 503)]
    [TestCase("HTTP/1.1 101 Switching Protocols\r\n\r\n", 503)]
    [TestCase("", 503, Description = "a request that the service drops")]
    public async Task With_failOpen_only_an_outage_lets_a_request_pass(string answer, int status)
    {
        _service.Behavior = async (_, connection) =>
        {
            await connection.Send(answer);
            connection.Dispose();
        };
        await using var mesh = await Start(model => model with { FailOpen = true });
        using var client = await RawConnection.To(mesh.Inbound(_backend.HostPort));

        Assert.That((await client.Ask(Alice)).Status, Is.EqualTo(status));
        Assert.That(_backend.Executed, Is.Zero);

        _service.Behavior = (_, connection) => connection.Send("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        Assert.That((await client.Ask(Alice)).Status, Is.EqualTo(200));
        mesh.Service("payments", _service.Policy(model => model with { FailOpen = true, Url = $"http://{Backend.ClosedPort()}/" }));
        Assert.That((await client.Ask(Alice)).Status, Is.EqualTo(200));
        Assert.That(mesh.Metrics(), Does.Contain("outcome=\"failed_open\"} 2"));
    }

    [Test]
    public async Task With_failOpen_many_requests_at_a_time_are_no_way_around_the_service()
    {
        var release = new TaskCompletionSource();
        _service.Behavior = async (question, connection) =>
        {
            await release.Task;
            await OAuthService.Answer(question, connection);
        };
        await using var mesh = await Start(model => model with { FailOpen = true, MaxConcurrent = 1, Timeout = TimeSpan.FromSeconds(30) });
        var inbound = mesh.Inbound(_backend.HostPort);
        using var first = await RawConnection.To(inbound);
        await first.Send(Alice);
        Assert.That(() => _service.Asked, Is.EqualTo(1).After(5000, 5));

        using var second = await RawConnection.To(inbound);
        var refused = await second.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        release.SetResult();

        Assert.That((refused.Status, refused["Retry-After"]), Is.EqualTo((503, "1")));
        Assert.That((await first.ReadMessage(isResponse: true)).Status, Is.EqualTo(200));
        Assert.That(_backend.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_body_that_stalls_takes_no_permit_and_ends_with_408_also_with_failOpen()
    {
        var time = new FakeTimeProvider();
        await using var mesh = await Start(
            model => model with { FailOpen = true, MaxConcurrent = 1, MaxBodySize = 1024 }, options => options with { Time = time });
        var inbound = mesh.Inbound(_backend.HostPort);
        using var slow = await RawConnection.To(inbound);
        await slow.Send("POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        Assert.That(() => mesh.Plane.Inspection.Figures.InFlight, Is.EqualTo(1).After(5000, 5));

        using var other = await RawConnection.To(inbound);
        Assert.That((await other.Ask(Alice)).Status, Is.EqualTo(200), "asked meanwhile");

        var answer = slow.ReadMessage(isResponse: true);
        for (var i = 0; i < 100 && !answer.IsCompleted; i++)
        {
            time.Advance(AuthorizationBody.Patience);
            await Task.WhenAny(answer, Task.Delay(50));
        }

        Assert.That((await answer).Status, Is.EqualTo(408));
        Assert.That((_service.Asked, _backend.Executed), Is.EqualTo((1, 1)));
    }

    // Seen on an overloaded machine: the time was over between two reads, and the second one waited for ever.
    [Test]
    public async Task A_body_whose_time_is_over_before_it_is_read_ends_with_408()
    {
        await using var mesh = await Start(
            model => model with { MaxBodySize = 1024 }, options => options with { Time = new HastyTime(AuthorizationBody.Patience) });
        using var client = await RawConnection.To(mesh.Inbound(_backend.HostPort));

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 4\r\n\r\n");

        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(408));
        Assert.That(_backend.Executed, Is.Zero);
    }

    [Test]
    public void Bodies_that_wait_have_a_common_bound()
    {
        var gate = new AuthorizationGate(TimeProvider.System);

        Assert.That(gate.TryTakeRoom(AuthorizationGate.MaxBodyBytes), Is.True);
        Assert.That(gate.TryTakeRoom(1), Is.False);
        gate.ReturnRoom(1);
        Assert.That(gate.TryTakeRoom(1), Is.True);
    }

    [Test]
    public async Task Requests_that_differ_in_the_names_of_their_fields_share_no_kept_answer()
    {
        await using var mesh = await Start(model => model with { Cache = TimeSpan.FromSeconds(60) });
        using var client = await RawConnection.To(mesh.Inbound(_backend.HostPort));

        _ = await client.Ask(
            "GET / HTTP/1.1\r\nHost: payments\r\nCookie: Basic YQ==\r\nCookie: cookie\r\nCookie: session=alice-1\r\n\r\n");
        _ = await client.Ask(
            "GET / HTTP/1.1\r\nHost: payments\r\nAuthorization: cookie\r\nAuthorization: Basic YQ==\r\nCookie: session=alice-1\r\n\r\n");

        Assert.That(_service.Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task Behind_a_trusted_proxy_the_service_sees_address_and_scheme_of_the_client_and_a_kept_answer_is_for_both()
    {
        await using var mesh = await Start(
            model => model with { Cache = TimeSpan.FromSeconds(60) },
            options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        mesh.Service("payments", _service.Policy(model => model with { Cache = TimeSpan.FromSeconds(60) }), _backend.HostPort);
        var address = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(address.Port, ("*", "payments"));
        using var client = await RawConnection.To(address);
        string From(string client, string scheme) =>
            $"GET / HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: {client}\r\nX-Forwarded-Proto: {scheme}\r\nCookie: session=alice-1\r\n\r\n";

        _ = await client.Ask(From("192.0.2.1", "https"));
        Assert.That((_service.Last["X-Forwarded-For"], _service.Last["X-Forwarded-Proto"]), Is.EqualTo(("192.0.2.1", "https")));
        _ = await client.Ask(From("192.0.2.1", "https"));
        Assert.That(_service.Asked, Is.EqualTo(1));
        _ = await client.Ask(From("192.0.2.1", "http"));
        _ = await client.Ask(From("192.0.2.2", "https"));
        Assert.That(_service.Asked, Is.EqualTo(3));
    }

    [Test]
    public async Task A_forged_field_of_the_service_matches_no_permission()
    {
        await using var mesh = await Start(with: options => options with { Identity = new CallerByHeader(), EnforcesIntentions = true });
        mesh.Intentions(new DeclaredIntentions(
            [
                new ServiceIntentionsEntry
                {
                    Name = "payments",
                    Sources =
                    [
                        new IntentionSource("web")
                        {
                            Permissions =
                            [
                                new PermissionRule(IntentionAction.Allow)
                                {
                                    Headers = [new HeaderRule("x-user", HeaderTest.Exact, "admin")],
                                },
                            ],
                        },
                    ],
                }],
            IntentionAction.Deny));
        using var client = await RawConnection.To(mesh.Inbound(_backend.HostPort));

        var response = await client.Ask(
            $"GET / HTTP/1.1\r\nHost: payments\r\n{CallerByHeader.Field}: web\r\nX-User: admin\r\nCookie: session=alice-1\r\n\r\n");

        Assert.That((response.Status, _service.Asked, _backend.Executed), Is.EqualTo((403, 0, 0)));
    }

    [Test]
    public async Task Forged_fields_of_the_service_share_a_bucket_of_a_rate_limit()
    {
        await using var mesh = await Start();
        mesh.Service("payments", _service.Policy() with
        {
            RateLimits = [new RateLimitModel { Name = "user", Rate = "1/h", Burst = 1, By = [new(RateLimitKeySource.Header, "x-user")] }],
        });
        using var client = await RawConnection.To(mesh.Inbound(_backend.HostPort));

        var first = await client.Ask(Alice.Replace("Cookie", "X-User: a\r\nCookie", StringComparison.Ordinal));
        var second = await client.Ask(Alice.Replace("Cookie", "x_user: b\r\nX-User: b\r\nCookie", StringComparison.Ordinal));

        Assert.That((first.Status, second.Status), Is.EqualTo((200, 429)));
    }

    [Test]
    public async Task A_forged_trailer_is_not_forwarded()
    {
        await using var mesh = await Start();
        using var client = await RawConnection.To(mesh.Inbound(_backend.HostPort));

        var response = await client.Ask(
            "POST / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\na\r\n0\r\nX-User: root\r\nx_user: root\r\nX-Sum: 1\r\n\r\n");

        Assert.That((response.Status, _backend.Last["x-user"]), Is.EqualTo((200, "alice")));
        Assert.That(_backend.Last.Trailers, Is.EqualTo(new[] { "X-Sum: 1" }));
    }

    [TestCase("http://169.254.169.254/latest")]
    [TestCase("http://localhost.:{0}/")]
    [TestCase("http://127.0.0.1:{0}/")]
    public async Task A_policy_cannot_send_a_node_to_its_own_admin_address_or_a_metadata_service(string url)
    {
        using var admin = Backend.Answering("secret");
        var rules = ReachRules.Of(new BootstrapSpec
        {
            Role = MeshRole.Gateway,
            Node = "gw",
            Gateway = new GatewaySpec { Address = "10.0.0.9" },
            Admin = admin.Address,
        });
        var target = string.Format(System.Globalization.CultureInfo.InvariantCulture, url, admin.Address.Port);
        await using var mesh = await Start(
            model => model with { Url = target, FailOpen = true }, options => options with { Reach = rules });
        var inbound = mesh.Inbound(_backend.HostPort);
        using var client = await RawConnection.To(inbound);

        var refused = await client.Ask(Alice);
        Assert.That((refused.Status, refused["Proxy-Status"]!.Contains("address", StringComparison.Ordinal)), Is.EqualTo((503, true)));
        Assert.That((admin.Connections, _backend.Executed), Is.EqualTo((0, 0)));

        mesh.Service("payments", _service.Policy());
        Assert.That((await client.Ask(Alice)).Status, Is.EqualTo(200), "a service of this host, named as such");
    }

    private async Task<Mesh> Start(
        Func<ExternalAuthorizationModel, ExternalAuthorizationModel>? policy = null, Func<DataPlaneOptions, DataPlaneOptions>? with = null)
    {
        var mesh = await Mesh.Start(with);
        return mesh.Service("payments", _service.Policy(policy));
    }

    /// <summary>A clock whose timers of one length are due at once.</summary>
    private sealed class HastyTime(TimeSpan length) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == length)
            {
                callback(state);
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
