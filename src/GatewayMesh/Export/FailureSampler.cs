using OpenTelemetry.Trace;

namespace GatewayMesh.Export;

/// <summary>
/// The configured sampler, except that a request that is not sampled still gets its spans: they are dropped at the end, unless the request
/// failed.
/// </summary>
/// <param name="sampler">The configured sampler.</param>
internal sealed class FailureSampler(Sampler sampler) : Sampler
{
    /// <summary>Returns the sampler of <paramref name="settings"/>. <c>always_off</c> means no spans, not even of failed requests.</summary>
    public static Sampler Of(ExportSettings settings) => settings.Sampler switch
    {
        "always_on" => new AlwaysOnSampler(),
        "always_off" => new AlwaysOffSampler(),
        "traceidratio" => new FailureSampler(new TraceRatioSampler(settings.Ratio)),
        "parentbased_always_off" => new FailureSampler(new ParentBasedSampler(new AlwaysOffSampler())),
        "parentbased_traceidratio" => new FailureSampler(new ParentBasedSampler(new TraceRatioSampler(settings.Ratio))),
        _ => new FailureSampler(new ParentBasedSampler(new AlwaysOnSampler())),
    };

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var result = sampler.ShouldSample(samplingParameters);
        return result.Decision == SamplingDecision.Drop ? new SamplingResult(SamplingDecision.RecordOnly) : result;
    }
}
