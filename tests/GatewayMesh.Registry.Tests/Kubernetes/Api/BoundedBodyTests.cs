using GatewayMesh.Registry.Kubernetes.Api;

namespace GatewayMesh.Registry.Tests.Kubernetes.Api;

/// <summary>No answer uses more memory than its limit.</summary>
public sealed class BoundedBodyTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(8192)]
    [TestCase(100_000)]
    public async Task A_body_within_the_limit_is_whole(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        var read = await BoundedBody.ReadAsync(new MemoryStream(bytes), 100_000, isCut: false, CancellationToken.None);
        Assert.That(read.ToArray(), Is.EqualTo(bytes));
    }

    [Test]
    public void A_larger_body_is_refused() =>
        Assert.That(
            async () => await BoundedBody.ReadAsync(
                new MemoryStream(new byte[3 * 1024 * 1024]), 1024 * 1024, isCut: false, CancellationToken.None),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("1 MiB"));

    [Test]
    public async Task The_body_of_an_error_is_cut()
    {
        var read = await BoundedBody.ReadAsync(new MemoryStream(new byte[5000]), 1000, isCut: true, CancellationToken.None);
        Assert.That(read.Length, Is.EqualTo(1000));
    }
}
