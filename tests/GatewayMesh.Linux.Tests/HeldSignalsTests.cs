namespace GatewayMesh.Linux.Tests;

public sealed class HeldSignalsTests
{
    [Test]
    public void A_thread_that_holds_signals_back_says_so_and_lets_them_through_again()
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
    public void Nothing_is_taken_while_no_signal_is_pending()
    {
        using var signals = HeldSignals.Open();

        Assert.That(signals.Take(), Is.Null);
        Assert.That(HeldSignals.IsPending, Is.False);
    }
}
