using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>
/// A client's <c>Connection</c> removes fields that the client sent (RFC 9110 §7.6.1), and none that the mesh or the ingress sets.
/// </summary>
public class ConnectionFieldTests
{
    private static readonly string[] Ours = [
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Via", "traceparent", "X-Request-Id"];

    [TestCase("close")]
    [TestCase("x-other")]
    public async Task Connection_cannot_remove_fields_that_the_ingress_sets(string option)
    {
        using var payments = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(payments);
        using var client = await RawConnection.To(edge.Address);

        await client.Ask(
            $"GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: {option}, {string.Join(", ", Ours)}, Host, Content-Length, "
                + $"gatewaymesh-hops\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n");

        foreach (var name in Ours)
        {
            Assert.That(payments.Last.Has(name), name);
        }

        Assert.That(payments.Last["X-Forwarded-For"], Is.EqualTo("127.0.0.1"));
        Assert.That(payments.Last["Host"], Is.EqualTo("shop.example"));
    }

    [TestCase("Connection: X-Foo, keep-alive\r\n")]
    [TestCase("Connection: close, X-Foo\r\n")]
    [TestCase("Connection: keep-alive\r\nconnection: x-foo\r\n")]
    [TestCase("CONNECTION:\tx-foo ,, close\r\n")]
    public async Task Fields_named_by_Connection_are_dropped_even_next_to_its_own_options(string lines)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        await client.Ask($"GET / HTTP/1.1\r\n{listener.Lines}{lines}X-Foo: hop\r\nX-Bar: end\r\n\r\n");

        Assert.That(
            (payments.Last.Has("X-Foo"), payments.Last["X-Bar"], payments.Last.Has("Connection")), Is.EqualTo((false, "end", false)));
    }

    [Test]
    public async Task Fields_named_by_one_request_are_kept_on_the_next()
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        await client.Ask($"GET / HTTP/1.1\r\n{listener.Lines}Connection: x-foo, keep-alive\r\nX-Foo: hop\r\n\r\n");
        await client.Ask($"GET / HTTP/1.1\r\n{listener.Lines}X-Foo: end\r\n\r\n");

        Assert.That(payments.Requests.Select(request => request["X-Foo"]), Is.EqualTo(new[] { null, "end" }));
    }

    [Test]
    public async Task Connection_cannot_remove_the_client_certificate_at_the_ingress()
    {
        using var authority = new TestAuthority();
        using var server = authority.IssueFor(["shop.example"]);
        using var alice = authority.IssueFor(["alice.example"], subject: "CN=alice", client: true);
        using var payments = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(payments);
        await File.WriteAllTextAsync(edge.FileNamed("ca.pem"), authority.RootPem);
        var tls = new IngressTlsSpec
        {
            Certificates = [edge.Write("shop", server)],
            ClientCertificates = ClientCertificates.Required,
            ClientCa = new ClientAuthoritySpec(edge.FileNamed("ca.pem"), default, "clientCa"),
        };
        edge.With(listener => listener with { Tls = tls });
        using var client = await RawConnection.ToTls(edge.Address, "shop.example", options => options.ClientCertificates = [alice]);

        await client.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close, X-Forwarded-Client-Cert\r\n\r\n");

        Assert.That(payments.Last["X-Forwarded-Client-Cert"], Does.Contain("alice"));
    }

    [Test]
    public async Task Connection_cannot_remove_mesh_fields_on_any_listener(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(
            kind, Configuration.Policies.PolicyModel.Default, "http", arePeers: true, payments.HostPort);
        using var client = await listener.Connect();
        string[] set = kind == ListenerKind.Inbound
            ? ["Via", "traceparent", "X-Request-Id"]
            : ["Via", "traceparent", "X-Request-Id", "gatewaymesh-hops", "gatewaymesh-attempt", "gatewaymesh-timeout-ms"];

        await client.Ask(
            $"POST / HTTP/1.1\r\nHost: "
                + $"payments\r\n{(kind == ListenerKind.Mesh ? "gatewaymesh-destination: payments\r\n" : "")}Content-Length: "
                    + $"4\r\nConnection: {string.Join(",", set)}, content-length, x-own\r\nX-Own: 1\r\nX-Kept: 1\r\n\r\nbody");

        foreach (var name in set)
        {
            Assert.That(payments.Last.Has(name), name);
        }

        Assert.That(
            (payments.Last.Has("X-Own"), payments.Last.Has("X-Kept"), payments.Last.Body),
            Is.EqualTo((false, true, "body")),
            "the client's own field is removed");
    }

    [Test]
    public async Task Connection_in_a_response_cannot_remove_fields_that_the_mesh_sets()
    {
        using var payments = Backend.Answering("paid", "Connection: close, Via, X-Own\r\nX-Own: 1\r\n");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        var answer = await client.Ask($"GET / HTTP/1.1\r\n{listener.Lines}\r\n");

        Assert.That((answer.Has("Via"), answer.Has("X-Own"), answer.Body), Is.EqualTo((true, false, "paid")));
    }
}
