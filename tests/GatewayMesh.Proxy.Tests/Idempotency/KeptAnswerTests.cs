using System.Buffers.Binary;
using System.Text;
using GatewayMesh.Proxy.Idempotency;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>Kept responses as bytes that something else than this program may have written.</summary>
public class KeptAnswerTests
{
    [Test]
    public void A_response_is_read_as_it_was_kept()
    {
        var answer = KeptAnswer.Read(Kept("X-Number", "1"))!;
        Assert.That((answer.Status, Encoding.Latin1.GetString(answer.Body.Span)), Is.EqualTo((201, "paid")));
        Assert.That(answer.Fields.Select(field => $"{field.Name}: {field.Value}"), Is.EqualTo(new[] { "X-Number: 1", "Idempotency-Replayed: true" }));
    }

    [TestCase("X-Number", "1\r\nSet-Cookie: a=1")]
    [TestCase("X-Number\nX", "1")]
    [TestCase("X-Number", "1\0")]
    [TestCase("Content-Length", "1")]
    [TestCase("transfer-encoding", "chunked")]
    public void A_field_that_would_change_the_message_makes_the_response_unreadable(string name, string value) =>
        Assert.That(KeptAnswer.Read(Kept(name, value)), Is.Null);

    [Test]
    public void A_response_cut_anywhere_is_unreadable_or_lacks_content()
    {
        var whole = Kept("X-Number", "1");
        for (var length = 0; length < whole.Length - 4; length++)
        {
            Assert.That(KeptAnswer.Read(whole.AsMemory(0, length)), Is.Null, $"{length} bytes");
        }
    }

    private static byte[] Kept(string name, string value)
    {
        var bytes = new List<byte>();
        void Number(int number, int size)
        {
            var buffer = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(buffer, number);
            bytes.AddRange(buffer[..size]);
        }

        Number(201, 2);
        Number(1, 2);
        Number(name.Length, 2);
        bytes.AddRange(Encoding.Latin1.GetBytes(name));
        Number(value.Length, 4);
        bytes.AddRange(Encoding.Latin1.GetBytes(value));
        bytes.AddRange("paid"u8);
        return [.. bytes];
    }
}
