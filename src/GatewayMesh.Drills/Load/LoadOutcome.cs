namespace GatewayMesh.Drills.Load;

/// <summary>Outcome of a request as seen by a plain client.</summary>
internal enum LoadOutcome : byte
{
    /// <summary>Answered with a status below 400.</summary>
    Ok,

    /// <summary>The connection could not be opened; no byte was sent.</summary>
    Refused,

    /// <summary>Sent, but the connection ended without a response.</summary>
    Lost,

    /// <summary>No response in time.</summary>
    TimedOut,

    /// <summary>Answered with a status of 500 or more.</summary>
    ServerError,

    /// <summary>Answered with a status from 400 to 499.</summary>
    ClientError,
}
