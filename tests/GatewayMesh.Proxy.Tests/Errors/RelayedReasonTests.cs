using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Tests.Jwt;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Errors;

/// <summary>The reason of the proxy where an error arose is shown and counted by every proxy that passes the error on.</summary>
internal sealed class RelayedReasonTests
{
    private static readonly MeshErrorKind[] Kinds =
        [.. Enum.GetValues<MeshErrorKind>().Except([MeshErrorKind.None, MeshErrorKind.ClientGone])];

    [TestCaseSource(nameof(Kinds))]
    public void A_peers_reason_is_read_back_and_changes_no_decision(MeshErrorKind kind)
    {
        var field = ProxyStatus.Format(new MeshError(kind));

        Assert.That(ProxyStatus.TryRead(field, out var error), Is.True);
        Assert.That(ProxyStatus.TryRead(field.Split("; reason=")[0], out var older), Is.True);
        Assert.That((error.Shown, error.Row.Reason), Is.EqualTo((kind, ErrorTable.Of(kind).Reason)));
        Assert.That((error.Kind, error.IsRetryable), Is.EqualTo((older.Kind, older.IsRetryable)), "as for a peer that names only the type");
    }

    [TestCase("reason=nonsense")]
    [TestCase("reason=\"\"")]
    [TestCase("reason")]
    [TestCase("reason=internal", Description = "a reason of another type")]
    public void A_reason_that_does_not_fit_the_type_is_not_read(string parameter)
    {
        Assert.That(ProxyStatus.TryRead($"gatewaymesh; error=http_request_denied; forwarded=?0; {parameter}", out var error), Is.True);
        Assert.That(error, Is.EqualTo(new MeshError(MeshErrorKind.IntentionDenied)));
    }

    [TestCase(ListenerKind.Ingress)]
    [TestCase(ListenerKind.Outbound)]
    public async Task Every_reason_of_a_callee_is_in_response_log_and_metrics_of_its_caller(ListenerKind kind)
    {
        using var log = new MemoryStream();
        using var sidecar = new Backend((request, connection) =>
        {
            var row = ErrorTable.All.Single(row => row.Reason == request.Target[1..]);
            return connection.Send(
                $"HTTP/1.1 {row.Status} X\r\nProxy-Status: {ProxyStatus.Format(new MeshError(row.Kind, Details: "host-b"))}\r\n"
                    + $"Content-Length: {row.Reason.Length}\r\n\r\n{row.Reason}");
        });
        await using (var mesh = await Mesh.Start(options => options with { AccessLog = log }))
        {
            mesh.Service("payments", sidecar.HostPort);
            var address = mesh.Open(kind, "caller", spec => spec with { Service = "web" });
            mesh.Ingress(address.Port, ("*", "payments"));
            foreach (var row in Kinds.Select(ErrorTable.Of))
            {
                using var client = await RawConnection.To(address);
                var answer = await client.Ask($"GET /{row.Reason} HTTP/1.1\r\nHost: payments\r\n\r\n");

                Assert.That(answer.Status, Is.EqualTo(row.Status), row.Reason);
                Assert.That(answer["Proxy-Status"], Does.Contain($"reason={row.Reason}"));
                Assert.That(answer.Body, Does.Contain(row.Reason));
            }

            var metrics = mesh.Metrics();
            foreach (var row in Kinds.Select(ErrorTable.Of))
            {
                Assert.That(metrics, Does.Contain($"status=\"{row.Status}\",error=\"{row.Reason}\""));
            }
        }

        var lines = Encoding.UTF8.GetString(log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.That(
            lines.Select(line => line.GetProperty("reason").GetString()), Is.EqualTo(Kinds.Select(kind => ErrorTable.Of(kind).Reason)));
    }

    [Test]
    public async Task An_ingress_shows_that_the_callee_lacks_the_keys_of_a_token()
    {
        using var issuer = new TokenIssuer();
        using var application = Backend.Answering("paid");
        await using var callee = await Mesh.Start(options => options with { Node = "host-b" });
        callee.Service("payments", issuer.Policy(jwks: new JwksModel { File = "/nonexistent/jwks.json" }));
        await using var edge = await Mesh.Start(options => options with { RoleName = "ingress" });
        edge.Service("payments", new HostPort("127.0.0.1", callee.Inbound(application.HostPort).Port));
        var address = edge.Open(ListenerKind.Ingress, "ingress/1");
        edge.Ingress(address.Port, ("*", "payments"));
        using var client = await RawConnection.To(address);

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {issuer.Token()}\r\n\r\n");

        Assert.That((answer.Status, answer["Retry-After"]), Is.EqualTo((503, "1")));
        Assert.That(JsonDocument.Parse(answer.Body).RootElement.GetProperty("error").GetString(), Is.EqualTo("jwt_keys_unavailable"));
        Assert.That(callee.Metrics(), Does.Contain("error=\"jwt_keys_unavailable\""));
        Assert.That(edge.Metrics(), Does.Contain("direction=\"ingress\"").And.Contain("error=\"jwt_keys_unavailable\""));
        Assert.That(edge.Metrics(), Does.Not.Contain("external_authorization_unavailable"));
    }

    [Test]
    public async Task An_ingress_repeats_the_challenge_of_a_callee_that_refuses_a_token()
    {
        using var issuer = new TokenIssuer();
        using var application = Backend.Answering("paid");
        await using var callee = await Mesh.Start(options => options with { Node = "host-b" });
        callee.Service("payments", issuer.Policy());
        await using var edge = await Mesh.Start(options => options with { RoleName = "ingress" });
        edge.Service("payments", new HostPort("127.0.0.1", callee.Inbound(application.HostPort).Port));
        var address = edge.Open(ListenerKind.Ingress, "ingress/1");
        edge.Ingress(address.Port, ("*", "payments"));
        using var client = await RawConnection.To(address);

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {issuer.Token("HS256")}\r\n\r\n");

        Assert.That((answer.Status, answer["WWW-Authenticate"]), Is.EqualTo((401, "Bearer error=\"invalid_token\"")));
        Assert.That(answer.Body, Does.Contain("jwt_refused"));
    }

    [Test]
    public async Task A_gRPC_call_at_an_ingress_has_the_callees_reason()
    {
        using var sidecar = H2Backend.HeadOnly(
            (":status", "200"),
            ("content-type", "application/grpc"),
            ("grpc-status", "14"),
            ("proxy-status", ProxyStatus.Format(new MeshError(MeshErrorKind.JwtKeysUnavailable))));
        await using var edge = await Mesh.Start(options => options with { RoleName = "ingress" });
        edge.Service("payments", "grpc", PolicyModel.Default, sidecar.HostPort);
        var address = edge.Open(ListenerKind.Ingress, "ingress/1");
        edge.Ingress(address.Port, ("*", "payments"));
        using var client = await H2Connection.To(address);

        var answer = await client.Ask(
            Fields.Request("POST", "/pay.Payments/Charge", "shop", ("content-type", "application/grpc"), ("te", "trailers")), "\0\0\0\0\0");

        Assert.That((answer.Status, answer["grpc-status"]), Is.EqualTo((200, "14")));
        Assert.That(answer["proxy-status"], Does.Contain("reason=jwt_keys_unavailable"));
        Assert.That(edge.Metrics(), Does.Contain("error=\"jwt_keys_unavailable\""));
    }
}
