using System.Text;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1;

/// <summary>Bytes as text, one character a byte.</summary>
internal static class WireText
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Returns a request that is well-formed but for the given fields.</summary>
    public static string Request(string fields) => "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n";

    /// <summary>Reads a whole request head.</summary>
    public static RequestHead Head(string text)
    {
        var head = new RequestHead();
        var reader = new RequestReader(HeadLimits.Request);
        Assert.That(reader.Read(Bytes(text), head), Is.EqualTo(HeadProgress.Head), () => reader.Fault.ToString());
        return head;
    }

    /// <summary>Returns the fault of a request head, after checking that it stays when the bytes arrive one by one.</summary>
    public static MessageFault FaultOf(string text, HeadLimits? limits = null)
    {
        var bytes = Bytes(text);
        var reader = new RequestReader(limits ?? HeadLimits.Request);
        var head = new RequestHead();
        var progress = reader.Read(bytes, head);
        var slow = new RequestReader(limits ?? HeadLimits.Request);
        var slowHead = new RequestHead();
        var slowProgress = HeadProgress.NeedMore;
        for (var length = 1; length <= bytes.Length && slowProgress == HeadProgress.NeedMore; length++)
        {
            slowProgress = slow.Read(bytes.AsSpan(0, length), slowHead);
        }

        Assert.That((slowProgress, slow.Fault), Is.EqualTo((progress, reader.Fault)), "byte by byte");
        if (progress == HeadProgress.Fault)
        {
            Assert.That(reader.Read(bytes, head), Is.EqualTo(HeadProgress.Fault), "a fault stays");
        }

        Assert.That(progress == HeadProgress.Fault, Is.EqualTo(reader.Fault != MessageFault.None));
        return reader.Fault;
    }

    /// <summary>Returns the lines of a table as text.</summary>
    public static string[] Lines(FieldTable table)
    {
        var lines = new List<string>();
        foreach (var field in table.Lines)
        {
            lines.Add($"{field.Name}: {field.Value}");
        }

        return [.. lines];
    }
}
