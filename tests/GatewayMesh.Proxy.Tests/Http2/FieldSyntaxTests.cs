using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Http2;

/// <summary>RFC 9113 §8.2.1 on every kind of listener: malformed fields are rejected, not repaired and passed on.</summary>
public class FieldSyntaxTests
{
    private static readonly (string Name, string Value)[] Malformed =
    [
        ("x y", "a"), ("x(y)", "a"), ("x\u0001", "a"), ("x\u007f", "a"), ("x\u00e9", "a"), ("[x]", "a"), ("x:y", "a"), ("X-Upper", "a"),
        ("x-a", " b"),
        ("x-a", "b "),
        ("x-a", "\tb"),
        ("x-a", "b\t"),
        ("x-a", " "),
        ("x-a", "b\u0001"),
        ("x-a", "b\u007f"),
        ("x-a", "b\u0000c"),
        ("x-a", "b\r\nx: y"),
        ("cookie", " a=b"), ("user-agent", "\u001b[2J"), ("content_length", "5"), ("transfer_encoding", "chunked"),
    ];

    [Test]
    public async Task A_malformed_field_is_refused_and_never_counts_against_the_instance(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(kind, payments.HostPort);

        foreach (var field in Malformed)
        {
            using var client = await listener.ConnectHttp2();
            Assert.That(await OneListener.IsRefused(client, listener.Head("GET", "/", field)), $"{field}");
        }

        Assert.That(payments.Executed, Is.Zero);
        Assert.That(listener.Evidence(), Is.EqualTo((0, 0)));
    }

    [TestCase("+5")]
    [TestCase("-0")]
    [TestCase("5, 5")]
    [TestCase("0x5")]
    [TestCase("5 ")]
    [TestCase(" 5")]
    [TestCase("")]
    public async Task A_Content_Length_with_other_than_digits_is_malformed(string length)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.ConnectHttp2();

        Assert.That(await OneListener.IsRefused(client, listener.Head("POST", "/", ("content-length", length))));
        Assert.That(payments.Executed, Is.Zero);
    }
}
