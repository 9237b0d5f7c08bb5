using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>A request target contains only bytes 0x21 to 0x7E (RFC 3986 §2), on every kind of listener.</summary>
public class TargetTests
{
    private static readonly string[] Odd = ["/a\u0001", "/a\tb", "/a\u007f", "/\u00e9", "/a\u00ff", "/a?q=\u0001", "/a?q=\u00fc"];

    [Test]
    public async Task A_target_with_an_invalid_byte_is_400_and_never_counts_against_the_instance(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(kind, payments.HostPort);

        foreach (var target in Odd)
        {
            using var client = await listener.Connect();
            var answer = await client.Ask($"GET {target} HTTP/1.1\r\n{listener.Lines}\r\n");
            Assert.That(answer.Status, Is.EqualTo(400), target);
        }

        Assert.That(payments.Executed, Is.Zero);
        Assert.That(listener.Evidence(), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task An_HTTP_2_path_with_an_invalid_byte_is_malformed_and_never_counts_against_the_instance(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(kind, payments.HostPort);

        foreach (var path in (string[])[.. Odd, "/admin ", "/a b", " /admin", "/a?q= "])
        {
            using var client = await listener.ConnectHttp2();
            Assert.That(await OneListener.IsRefused(client, listener.Head("GET", path)), path);
        }

        Assert.That(payments.Executed, Is.Zero);
        Assert.That(listener.Evidence(), Is.EqualTo((0, 0)));
    }

    // An ingress normalizes paths; its own tests cover that.
    private static IEnumerable<ListenerKind> KindsThatKeepPaths => OneListener.Kinds.Where(kind => kind != ListenerKind.Ingress);

    [Test]
    public async Task Every_visible_byte_of_a_target_is_passed_on_unchanged([ValueSource(nameof(KindsThatKeepPaths))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(kind, payments.HostPort);
        using var one = await listener.Connect();
        using var two = await listener.ConnectHttp2();
        const string Target = "/!$&'()*+,-.0:;=@A_a~|^`{}[]\"<>/%41%c3%a9?!$&'()*+,-./:;=?@\\^`{|}~\"<>[]%00%2f";

        Assert.That((await one.Ask($"GET {Target} HTTP/1.1\r\n{listener.Lines}\r\n")).Status, Is.EqualTo(200));
        Assert.That(payments.Last.Target, Is.EqualTo(Target));
        Assert.That((await two.Ask(listener.Head("GET", Target))).Status, Is.EqualTo(200));
        Assert.That(payments.Last.Target, Is.EqualTo(Target));
    }
}
