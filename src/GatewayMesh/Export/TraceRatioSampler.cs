using System.Buffers.Binary;
using OpenTelemetry.Trace;

namespace GatewayMesh.Export;

/// <summary>
/// Samples a share of all traces by the last 56 bits of their IDs, which W3C trace context (level 2) requires to be random. The SDK's
/// sampler reads the first 64 bits: zero in the 64-bit IDs of B3, which were all sampled, and a time in the IDs of X-Ray.
/// </summary>
/// <param name="ratio">Share from 0 to 1.</param>
internal sealed class TraceRatioSampler(double ratio) : Sampler
{
    private const int RandomBits = 56;
    private const int RandomOffset = 8;

    private readonly ulong _dropped = (ulong)Math.Round((1 - ratio) * (1UL << RandomBits));

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        Span<byte> id = stackalloc byte[16];
        samplingParameters.TraceId.CopyTo(id);
        var random = BinaryPrimitives.ReadUInt64BigEndian(id[RandomOffset..]) & ((1UL << RandomBits) - 1);
        return new SamplingResult(random >= _dropped ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
