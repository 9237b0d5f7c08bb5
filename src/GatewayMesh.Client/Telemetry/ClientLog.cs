using GatewayMesh.Client.Routes;
using GatewayMesh.Client.Settings;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Client.Telemetry;

/// <summary>The handler's log messages, category <c>GatewayMesh.Client</c>.</summary>
internal sealed partial class ClientLog(ILogger logger)
{
    public void FailedOver(Target from, Target to, FailoverReason reason, int attempt)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            FailedOver(logger, ClientTags.Of(from.Tier), from.Address, ClientTags.Of(to.Tier), to.Address, ClientTags.Of(reason), attempt);
        }
    }

    public void Refused(ReplayRefusal refusal, FailoverReason? reason, int attempts)
    {
        if (logger.IsEnabled(LogLevel.Warning))
        {
            Refused(logger, reason is { } failed ? ClientTags.Of(failed) : "not_sent", ClientTags.Of(refusal), attempts);
        }
    }

    public void BreakerOpened(TargetAddress address, FailoverReason reason)
    {
        if (logger.IsEnabled(LogLevel.Warning))
        {
            BreakerOpened(logger, address, ClientTags.Of(reason));
        }
    }

    public void BreakerClosed(TargetAddress address) => BreakerClosed(logger, address);

    public void NoGateways() => NoGateways(logger);

    [LoggerMessage(1, LogLevel.Information, "Failover from {From} {FromAddress} to {To} {ToAddress} ({Reason}) after {Attempts} attempts.",
        SkipEnabledCheck = true)]
    private static partial void FailedOver(
        ILogger logger, string from, TargetAddress fromAddress, string to, TargetAddress toAddress, string reason, int attempts);

    [LoggerMessage(2, LogLevel.Warning, "Request failed ({Reason}) after {Attempts} attempts and is not retried: {Refusal}.",
        SkipEnabledCheck = true)]
    private static partial void Refused(ILogger logger, string reason, string refusal, int attempts);

    [LoggerMessage(3, LogLevel.Warning, "Sidecar {Address} is out of use ({Reason}). Requests go straight to the gateways.",
        SkipEnabledCheck = true)]
    private static partial void BreakerOpened(ILogger logger, TargetAddress address, string reason);

    [LoggerMessage(4, LogLevel.Information, "Sidecar {Address} is in use again.")]
    private static partial void BreakerClosed(ILogger logger, TargetAddress address);

    [LoggerMessage(5, LogLevel.Warning,
        "No service name is set, so there is no failover to gateways. Set GatewayMeshOptions.Service or GATEWAYMESH_SERVICE.")]
    private static partial void NoGateways(ILogger logger);
}
