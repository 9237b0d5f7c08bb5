using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.FeatureManagement;

namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>
/// The filter <c>Microsoft.Percentage</c>, in place of the library's, which draws anew at each evaluation: a user gets the same decision
/// from every node and at every time, and a larger share has all users of a smaller one. A request without a user has its own draw. The
/// users are those of <c>Microsoft.Targeting</c> with the same <c>DefaultRolloutPercentage</c>.
/// </summary>
[FilterAlias("Microsoft.Percentage")]
internal sealed class StickyPercentage : IFeatureFilter
{
    private const int MaxBytesOnStack = 1024;

    private static readonly Task<bool> Yes = Task.FromResult(true);
    private static readonly Task<bool> No = Task.FromResult(false);

    /// <inheritdoc/>
    public Task<bool> EvaluateAsync(FeatureFilterEvaluationContext context) =>
        IsWithin(CurrentSubject.Value.Bucket, context.FeatureName, ((Share)context.Settings).Percentage) ? Yes : No;

    // The library's hash of a user and a flag (TargetingEvaluator): the first four bytes of a SHA-256.
    private static bool IsWithin(string bucket, string flag, double percentage)
    {
        var text = $"{bucket}\n{flag}";
        var length = Encoding.UTF8.GetByteCount(text);
        var bytes = length <= MaxBytesOnStack ? stackalloc byte[MaxBytesOnStack] : new byte[length];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(text, bytes)], digest);
        return percentage >= 100 || BinaryPrimitives.ReadUInt32LittleEndian(digest) / (double)uint.MaxValue * 100 < percentage;
    }

    /// <summary>Settings of the filter.</summary>
    /// <param name="Percentage">Share, 0 to 100.</param>
    public sealed record Share(double Percentage);
}
