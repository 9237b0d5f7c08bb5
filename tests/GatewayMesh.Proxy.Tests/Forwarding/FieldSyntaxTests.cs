using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>HTTP/1.1 fields (RFC 9110 §5) on every kind of listener.</summary>
public class FieldSyntaxTests
{
    private static readonly string[] Malformed =
        [
            "X-A: b\u0001c",
            "X-A: b\u007f",
            "Cookie: a\u0001b",
            "X\u00e9: a",
            "[x]: y",
            "x(y): a",
            "Content_Length: 5",
            "transfer_encoding: chunked"];

    [Test]
    public async Task A_malformed_field_is_400_and_never_counts_against_the_instance(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(kind, payments.HostPort);

        foreach (var line in Malformed)
        {
            using var client = await listener.Connect();
            Assert.That((await client.Ask($"GET / HTTP/1.1\r\n{listener.Lines}{line}\r\n\r\n")).Status, Is.EqualTo(400), line);
        }

        Assert.That(payments.Executed, Is.Zero);
        Assert.That(listener.Evidence(), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Valid_field_values_are_passed_on_byte_for_byte()
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        await client.Ask($"GET / HTTP/1.1\r\n{listener.Lines}X_Under: a_b\r\n!#$%&'*+-.^_`|~1: a\tb  c\u00ff\r\nX-Empty:\r\n\r\n");

        Assert.That(payments.Last["X_Under"], Is.EqualTo("a_b"));
        Assert.That(payments.Last["!#$%&'*+-.^_`|~1"], Is.EqualTo("a\tb  c\u00ff"));
        Assert.That(payments.Last.Has("X-Empty"));
    }
}
