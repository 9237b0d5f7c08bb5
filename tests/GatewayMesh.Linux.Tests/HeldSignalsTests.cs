namespace GatewayMesh.Linux.Tests;

public sealed class HeldSignalsTests
{
    [Test]
    public void A_thread_reports_that_it_holds_signals_and_delivers_them_again()
    {
        // The mask belongs to the thread, and the thread of a test is shared.
        var seen = new List<bool>();
        var thread = new Thread(() =>
        {
            seen.Add(HeldSignals.AreHeld);
            HeldSignals.Hold();
            seen.Add(HeldSignals.AreHeld);
            HeldSignals.LetThrough();
            seen.Add(HeldSignals.AreHeld);
        });
        thread.Start();
        thread.Join();

        Assert.That(seen, Is.EqualTo([false, true, false]));
    }

    [Test]
    public void No_signal_is_taken_while_none_is_pending()
    {
        using var signals = HeldSignals.Open();

        Assert.That(signals.Take(), Is.Null);
        Assert.That(HeldSignals.IsPending, Is.False);
    }
}
